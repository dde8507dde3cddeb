"""Read workbooks from CSV files and write them back, with formulas or with their values."""

import csv
from pathlib import Path

from sheet.core.coerce import to_text
from sheet.core.errors import CellError
from sheet.formula.references import Reference, reference_name
from sheet.workbook import Workbook


def load_csv(path: str | Path) -> Workbook:
    """Return a workbook with the cells of a CSV file (UTF-8); formulas begin with ``=``."""
    workbook = Workbook()
    with Path(path).open(newline="", encoding="utf-8-sig") as file:
        workbook.enter_all(
            {
                reference_name(Reference(row, column)): text
                for row, cells in enumerate(csv.reader(file), start=1)
                for column, text in enumerate(cells, start=1)
            }
        )
    return workbook


def shown(workbook: Workbook, name: str) -> str:
    """Return the value of a cell as text; an error is its code."""
    value = workbook.value(name)
    return str(value) if isinstance(value, CellError) else to_text(value)


def rows(workbook: Workbook, formulas: bool = False) -> list[list[str]]:
    """Return all rows as texts: values as they are shown, or entries when ``formulas``."""
    height, width = workbook.size()
    names = [[reference_name(Reference(r, c)) for c in range(1, width + 1)] for r in range(1, height + 1)]
    return [[workbook.entry(name) if formulas else shown(workbook, name) for name in line] for line in names]


def save_csv(workbook: Workbook, path: str | Path, formulas: bool = False) -> None:
    """Write a workbook to a CSV file: its values, or its entries when ``formulas``."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(rows(workbook, formulas))
