"""Text in lines of a width."""


def wrap(text: str, width: int) -> list[str]:
    """Return the words of a text in lines no longer than the width; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines
