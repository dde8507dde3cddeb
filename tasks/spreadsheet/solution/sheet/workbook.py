"""The workbook: cells, and the recalculation of what depends on them."""

from sheet.core.coerce import parse_number
from sheet.core.errors import CYCLE, CellError
from sheet.core.types import Value
from sheet.formula.evaluator import evaluate_formula
from sheet.formula.parser import parse
from sheet.formula.precedents import precedents
from sheet.formula.references import Reference, parse_reference
from sheet.graph import calculation_order


class Workbook:
    """A sheet of cells that are entered as text and read as values.

    Values are always up to date: an entry recalculates the cells that depend on it, and no others.
    """

    def __init__(self) -> None:
        """Begin with blank cells."""
        self._entries: dict[Reference, str] = {}
        self._values: dict[Reference, Value] = {}
        self._precedents: dict[Reference, set[Reference]] = {}

    def enter(self, name: str, text: str) -> None:
        """Put ``text`` into a cell, as if it were typed.

        Text that begins with ``=`` is a formula; numbers and TRUE or FALSE become values; an apostrophe at
        the beginning makes the rest a plain text; an empty text clears the cell. A formula that cannot be
        read has an error as value.
        """
        self.enter_all({name: text})

    def enter_all(self, entries: dict[str, str]) -> None:
        """Put texts into many cells, by name, and recalculate once."""
        changed = set()
        for name, text in entries.items():
            reference = parse_reference(name)
            self._store(reference, text)
            changed.add(reference)
        self._recalculate(changed)

    def value(self, name: str) -> Value:
        """Return the value of a cell, None for a blank one.

        Cells on a cycle, and cells that depend on one, hold ``#CYCLE!``.
        """
        return self._values.get(parse_reference(name))

    def entry(self, name: str) -> str:
        """Return the text that was put into a cell, ``""`` for a blank one."""
        return self._entries.get(parse_reference(name), "")

    def size(self) -> tuple[int, int]:
        """Return the last row and the last column that hold something, or 0 and 0."""
        rows = max((reference.row for reference in self._entries), default=0)
        return rows, max((reference.column for reference in self._entries), default=0)

    def _store(self, reference: Reference, text: str) -> None:
        for cells in (self._entries, self._values, self._precedents):
            cells.pop(reference, None)
        if not text:
            return
        self._entries[reference] = text
        if not text.startswith("="):
            self._values[reference] = _typed(text)
            return
        try:
            self._precedents[reference] = precedents(parse(text[1:]))
        except CellError as error:
            self._values[reference] = error

    def _recalculate(self, changed: set[Reference]) -> None:
        affected = self._affected(changed)
        order, cyclic = calculation_order({cell: self._precedents[cell] for cell in affected})
        for cell in cyclic:
            self._values[cell] = CellError(CYCLE, "the cell depends on itself")
        for cell in order:
            self._values[cell] = evaluate_formula(self._entries[cell][1:], self._values.get)

    def _affected(self, changed: set[Reference]) -> list[Reference]:
        dependents: dict[Reference, list[Reference]] = {}
        for cell, others in self._precedents.items():
            for other in others:
                dependents.setdefault(other, []).append(cell)
        reached = dict.fromkeys(changed)
        queue = list(changed)
        for cell in queue:
            for dependent in dependents.get(cell, []):
                if dependent not in reached:
                    reached[dependent] = None
                    queue.append(dependent)
        return [cell for cell in reached if cell in self._precedents]


def _typed(text: str) -> Value:
    if text.startswith("'"):
        return text[1:]
    if text.upper() in {"TRUE", "FALSE"}:
        return text.upper() == "TRUE"
    number = parse_number(text)
    return text if number is None else number
