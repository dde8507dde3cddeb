"""Places in a text."""


def place(text: str, offset: int) -> str:
    """Return where an offset is, as ``LINE:COLUMN`` counted from 1. Lines end with a line feed."""
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return f"{line}:{column}"
