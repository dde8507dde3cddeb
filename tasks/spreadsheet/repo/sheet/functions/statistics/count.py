"""The spreadsheet function COUNT."""

from sheet.core.function import error_aware
from sheet.core.types import Argument


@error_aware
def COUNT(*values: Argument) -> int:
    """Return how many numbers there are; direct texts that spell numbers count, errors do not."""
    raise NotImplementedError
