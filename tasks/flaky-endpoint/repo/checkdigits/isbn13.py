"""ISBN-13."""

def is_isbn13(text: str) -> bool:
    """Whether a text is an ISBN with thirteen digits.

    It begins with 978 or 979; single hyphens between digits are allowed. The sum of the digits, every second one from the
    second on times 3, must be divisible by 10.
    """
    raise NotImplementedError
