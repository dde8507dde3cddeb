# Return how many words `text` holds. Words are separated by white space.
# count_words("the cat saw it") == 4
def count_words(text: str) -> int:
    raise NotImplementedError
