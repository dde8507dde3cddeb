"""Spreadsheet functions: logical."""
