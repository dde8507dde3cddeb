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
        raise NotImplementedError

    def __str__(self) -> str:
        """Return the code alone, as a cell shows it."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        """Compare by code; anything that is not a CellError is different."""
        raise NotImplementedError

    def __hash__(self) -> int:
        """Hash the code, so that equal errors have equal hashes."""
        raise NotImplementedError


def value_error(detail: str = "") -> CellError:
    """Return (not raise) a ``#VALUE!`` error: an argument of the wrong kind."""
    raise NotImplementedError


def num_error(detail: str = "") -> CellError:
    """Return a ``#NUM!`` error: a number outside the domain, or no convergence."""
    raise NotImplementedError


def div_error(detail: str = "") -> CellError:
    """Return a ``#DIV/0!`` error: a division by zero or a mean of nothing."""
    raise NotImplementedError


def na_error(detail: str = "") -> CellError:
    """Return a ``#N/A`` error: nothing was found."""
    raise NotImplementedError


def ref_error(detail: str = "") -> CellError:
    """Return a ``#REF!`` error: a place that does not exist."""
    raise NotImplementedError


def name_error(detail: str = "") -> CellError:
    """Return a ``#NAME?`` error: a function or name that nobody knows."""
    raise NotImplementedError
