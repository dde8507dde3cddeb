"""A small language of formulas, from its text to the machine that runs it."""
