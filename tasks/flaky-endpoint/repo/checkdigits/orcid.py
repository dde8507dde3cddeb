"""ORCID."""

def is_orcid(text: str) -> bool:
    """Whether a text is the number of a researcher: four groups of four digits with hyphens; the last may be `X` (10).

    Beginning with 0, each of the first 15 digits is added and the result doubled; 12 minus that modulo 11, modulo 11 again,
    is the last one.
    """
    raise NotImplementedError
