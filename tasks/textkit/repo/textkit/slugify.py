"""Make a text fit for a web address."""


def slugify(text: str) -> str:
    """Return the words of ``text`` in lower case, joined by hyphens. Words are separated by white space.

    Examples:
        slugify("Hello World") == "hello-world"
        slugify("  a  B ") == "a-b"
        slugify("") == ""
    """
    raise NotImplementedError
