"""Small helpers that other projects share."""
