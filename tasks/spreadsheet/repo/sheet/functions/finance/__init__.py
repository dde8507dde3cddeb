"""Spreadsheet functions: finance."""
