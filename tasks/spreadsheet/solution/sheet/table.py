"""A workbook as a table of plain text."""

from sheet.core.errors import CellError
from sheet.files import rows
from sheet.formula.references import Reference, column_letters, reference_name
from sheet.workbook import Workbook


def render_table(workbook: Workbook, widest: int = 24) -> str:
    """Return lines with column letters, row numbers and values.

    Numbers stand on the right of their column and everything else on the left; a text of more than ``widest``
    characters is cut and ends in ``~``. An empty workbook is ``(empty)``. No line ends in spaces.
    """
    cells = [[_cut(text, widest) for text in line] for line in rows(workbook)]
    if not cells:
        return "(empty)"
    headings = [column_letters(column) for column in range(1, len(cells[0]) + 1)]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    margin = len(str(len(cells)))
    lines = [
        " " * margin + "".join(f"  {text:^{width}}" for text, width in zip(headings, widths, strict=True))
    ]
    for number, line in enumerate(cells, start=1):
        parts = [_aligned(workbook, number, column, text, widths[column]) for column, text in enumerate(line)]
        lines.append(f"{number:>{margin}}" + "".join(f"  {part}" for part in parts))
    return "\n".join(line.rstrip() for line in lines)


def _cut(text: str, widest: int) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= widest else line[: widest - 1] + "~"


def _aligned(workbook: Workbook, row: int, column: int, text: str, width: int) -> str:
    value = workbook.value(reference_name(Reference(row, column + 1)))
    number = isinstance(value, (int, float)) and not isinstance(value, (bool, CellError))
    return text.rjust(width) if number else text.ljust(width)
