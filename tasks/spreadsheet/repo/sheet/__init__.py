"""A small spreadsheet engine."""
