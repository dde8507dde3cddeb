"""How long to wait between tries."""


def waits(tries: int, first_s: float = 1.0, longest_s: float = 60.0) -> list[float]:
    """Return the waits between so many tries: each twice the one before, none over the longest."""
    return [min(longest_s, first_s * 2**number) for number in range(tries - 1)]
