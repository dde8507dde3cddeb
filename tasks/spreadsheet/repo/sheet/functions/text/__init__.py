"""Spreadsheet functions: text."""
