# Return how many of the letters a, e, i, o and u `text` holds, in upper or lower case.
# count_vowels("Hello") == 2
def count_vowels(text: str) -> int:
    raise NotImplementedError
