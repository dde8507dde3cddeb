"""Spreadsheet functions: lookup."""
