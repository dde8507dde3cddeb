"""The two decorators that turn a Python function into a spreadsheet function."""

import functools
from collections.abc import Callable, Sequence
from typing import Any

from sheet.core.coerce import clean
from sheet.core.errors import CellError, div_error, num_error

Body = Callable[..., Any]


def function(body: Body) -> Body:
    """Decorate ``body`` so that it treats errors as a spreadsheet does.

    An argument that is an error is raised before the body runs. In the body, a division by zero becomes
    ``#DIV/0!``, and an overflow or a ``ValueError`` (a number outside the domain) becomes ``#NUM!``. The
    result is cleaned with ``sheet.core.coerce.clean``. Name and signature stay those of the body.
    """

    @functools.wraps(body)
    def call(*arguments: Any) -> Any:
        for argument in arguments:
            if isinstance(argument, CellError):
                raise argument
        return _guarded(body, arguments)

    return call


def error_aware(body: Body) -> Body:
    """Decorate ``body`` like ``function``, but let it see arguments that are errors."""

    @functools.wraps(body)
    def call(*arguments: Any) -> Any:
        return _guarded(body, arguments)

    return call


def _guarded(body: Body, arguments: Sequence[Any]) -> Any:
    try:
        return clean(body(*arguments))
    except ZeroDivisionError as error:
        raise div_error(str(error)) from error
    except (OverflowError, ValueError) as error:
        raise num_error(str(error)) from error
