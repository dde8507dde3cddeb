"""The two decorators that turn a Python function into a spreadsheet function."""

from collections.abc import Callable
from typing import Any

Body = Callable[..., Any]


def function(body: Body) -> Body:
    """Decorate ``body`` so that it treats errors as a spreadsheet does.

    An argument that is an error is raised before the body runs. In the body, a division by zero becomes
    ``#DIV/0!``, and an overflow or a ``ValueError`` (a number outside the domain) becomes ``#NUM!``. The
    result is cleaned with ``sheet.core.coerce.clean``. Name and signature stay those of the body.
    """
    raise NotImplementedError


def error_aware(body: Body) -> Body:
    """Decorate ``body`` like ``function``, but let it see arguments that are errors."""
    raise NotImplementedError
