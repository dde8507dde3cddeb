"""Rows of comma-separated values."""


def row(fields: list[str]) -> str:
    """Return a row; fields with a comma, a quote or a new line are quoted, with quotes doubled."""
    return ",".join(_quoted(field) for field in fields)


def _quoted(field: str) -> str:
    if any(sign in field for sign in ',"'):
        return '"' + field + '"'
    return field
