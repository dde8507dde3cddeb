"""Spreadsheet functions: information."""
