"""A whole program."""


def execute(text: str) -> list[str]:
    """Return what a program prints, one text for each line. It is checked as a whole before it runs.

    Raises:
        CalcError: what the parts say.
    """
    raise NotImplementedError
