"""Spreadsheet functions: database."""
