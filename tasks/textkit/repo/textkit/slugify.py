# Split `text` at white space, put the words in lower case, and join them with hyphens.
# slugify("  Hello World ") == "hello-world"
def slugify(text: str) -> str:
    raise NotImplementedError
