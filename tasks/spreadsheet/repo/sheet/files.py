"""Read workbooks from CSV files and write them back, with formulas or with their values."""

from pathlib import Path

from sheet.workbook import Workbook


def load_csv(path: str | Path) -> Workbook:
    """Return a workbook with the cells of a CSV file (UTF-8); formulas begin with ``=``."""
    raise NotImplementedError


def shown(workbook: Workbook, name: str) -> str:
    """Return the value of a cell as text; an error is its code."""
    raise NotImplementedError


def rows(workbook: Workbook, formulas: bool = False) -> list[list[str]]:
    """Return all rows as texts: values as they are shown, or entries when ``formulas``."""
    raise NotImplementedError


def save_csv(workbook: Workbook, path: str | Path, formulas: bool = False) -> None:
    """Write a workbook to a CSV file: its values, or its entries when ``formulas``."""
    raise NotImplementedError
