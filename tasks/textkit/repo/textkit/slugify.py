"""Make a text fit for a web address."""


def slugify(text: str) -> str:
    """Return ``text`` in lower case with its words joined by single hyphens.

    A word is a run of the letters a to z and the digits 0 to 9. Every other character only separates words. There
    is no hyphen at the beginning or at the end.

    Examples:
        slugify("Hello World") == "hello-world"
        slugify("  Hello,   World! ") == "hello-world"
        slugify("") == ""
    """
    raise NotImplementedError
