"""The command line: show, ask and change a CSV file with formulas."""

import argparse
import sys
from collections.abc import Sequence

from sheet.core.errors import CellError
from sheet.files import load_csv, save_csv, shown
from sheet.table import render_table
from sheet.workbook import Workbook


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    ``FILE`` is shown as a table. ``--cell NAME`` (repeatable) prints values only, one a line; ``--set
    NAME=TEXT`` (repeatable) enters a text first; ``--output FILE`` writes the values as CSV, or the entries
    with ``--formulas``. 0 is success; 1 means that a printed cell holds an error; 2 a wrong call or a file
    that cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        workbook = load_csv(options.file)
        _enter(workbook, options.set)
        if options.output:
            save_csv(workbook, options.output, options.formulas)
        return _print(workbook, options.cell)
    except (OSError, UnicodeError, CellError) as error:
        detail = error.detail if isinstance(error, CellError) else error
        print(f"sheet: {detail}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sheet", description="Calculate a CSV file with formulas.")
    parser.add_argument("file", help="the CSV file")
    parser.add_argument("--cell", action="append", default=[], metavar="NAME", help="print this cell only")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=TEXT", help="enter a text first")
    parser.add_argument("--output", metavar="FILE", help="write the result to a CSV file")
    parser.add_argument("--formulas", action="store_true", help="write formulas instead of values")
    return parser


def _enter(workbook: Workbook, changes: Sequence[str]) -> None:
    for change in changes:
        name, _, text = change.partition("=")
        workbook.enter(name, text)


def _print(workbook: Workbook, names: Sequence[str]) -> int:
    if not names:
        print(render_table(workbook))
        return 0
    for name in names:
        print(shown(workbook, name))
    return int(any(isinstance(workbook.value(name), CellError) for name in names))
