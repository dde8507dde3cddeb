"""A workbook as a table of plain text."""

from sheet.workbook import Workbook


def render_table(workbook: Workbook, widest: int = 24) -> str:
    """Return lines with column letters, row numbers and values.

    Numbers stand on the right of their column and everything else on the left; a text of more than ``widest``
    characters is cut and ends in ``~``. An empty workbook is ``(empty)``. No line ends in spaces.
    """
    raise NotImplementedError
