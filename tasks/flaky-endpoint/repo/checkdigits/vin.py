"""Vehicle identification numbers."""

def is_vin(text: str) -> bool:
    """Whether a text is a vehicle identification number with a right check digit, as in North America.

    17 capital letters or digits, without I, O and Q. Letters count A=1 ... H=8, J=1 ... N=5, P=7, R=9, S=2 ... Z=9. The
    weights are 8 7 6 5 4 3 2 10 0 9 8 7 6 5 4 3 2; the sum modulo 11 is the ninth character, with X for 10.
    """
    raise NotImplementedError
