"""Sizes as people write them."""


def size_words(size: int) -> str:
    """Return a number of bytes with the largest unit that leaves at least 1, with one digit after the point."""
    if size < 1024:
        return f"{size} B"
    value, unit = float(size), "B"
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        value /= 1024
        if value < 1024:
            break
    return f"{value:.1f} {unit}"
