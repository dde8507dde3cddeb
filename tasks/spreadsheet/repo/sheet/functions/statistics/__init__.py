"""Spreadsheet functions: statistics."""
