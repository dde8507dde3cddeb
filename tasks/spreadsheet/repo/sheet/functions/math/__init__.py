"""Spreadsheet functions: math."""
