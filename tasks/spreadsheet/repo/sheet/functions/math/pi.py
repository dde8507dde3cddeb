"""The spreadsheet function PI."""

from sheet.core.function import function


@function
def PI() -> float:
    """Return the ratio of a circle's circumference to its diameter."""
    raise NotImplementedError
