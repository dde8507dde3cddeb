"""Small text functions."""
