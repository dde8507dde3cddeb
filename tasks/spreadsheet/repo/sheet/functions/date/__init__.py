"""Spreadsheet functions: date."""
