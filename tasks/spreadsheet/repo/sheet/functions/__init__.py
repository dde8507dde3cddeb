"""The functions of the spreadsheet, one module each, by category."""
