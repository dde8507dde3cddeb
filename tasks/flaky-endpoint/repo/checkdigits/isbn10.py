"""ISBN-10."""

def is_isbn10(text: str) -> bool:
    """Whether a text is an ISBN with ten digits.

    Nine digits and a check digit or `X`, which counts 10; single hyphens between characters are allowed. The sum of the
    digits times 10, 9, ... 1 must be divisible by 11.
    """
    raise NotImplementedError
