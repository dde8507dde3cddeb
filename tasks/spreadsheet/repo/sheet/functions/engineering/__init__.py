"""Spreadsheet functions: engineering."""
