"""Error values: what a cell shows when its formula has no answer."""

VALUE = "#VALUE!"
NUM = "#NUM!"
DIV = "#DIV/0!"
NA = "#N/A"
REF = "#REF!"
NAME = "#NAME?"
CYCLE = "#CYCLE!"


class CellError(Exception):
    """An error that is both raised by functions and stored in cells.

    Two errors are equal when their codes are equal; the detail is only for people.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep ``code`` (such as ``"#NUM!"``) and ``detail``, a sentence that explains it."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        """Return the code alone, as a cell shows it."""
        return self.code

    def __eq__(self, other: object) -> bool:
        """Compare by code; anything that is not a CellError is different."""
        return isinstance(other, CellError) and other.code == self.code

    def __hash__(self) -> int:
        """Hash the code, so that equal errors have equal hashes."""
        return hash(self.code)


def value_error(detail: str = "") -> CellError:
    """Return (not raise) a ``#VALUE!`` error: an argument of the wrong kind."""
    return CellError(VALUE, detail)


def num_error(detail: str = "") -> CellError:
    """Return a ``#NUM!`` error: a number outside the domain, or no convergence."""
    return CellError(NUM, detail)


def div_error(detail: str = "") -> CellError:
    """Return a ``#DIV/0!`` error: a division by zero or a mean of nothing."""
    return CellError(DIV, detail)


def na_error(detail: str = "") -> CellError:
    """Return a ``#N/A`` error: nothing was found."""
    return CellError(NA, detail)


def ref_error(detail: str = "") -> CellError:
    """Return a ``#REF!`` error: a place that does not exist."""
    return CellError(REF, detail)


def name_error(detail: str = "") -> CellError:
    """Return a ``#NAME?`` error: a function or name that nobody knows."""
    return CellError(NAME, detail)
