"""From the text of a formula to its value."""
