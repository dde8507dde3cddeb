"""What can be wrong with a program."""


class CalcError(Exception):
    """Something is wrong; ``place`` is where, as ``LINE:COLUMN`` counted from 1, or empty."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place
