"""Count the words of a text."""


def count_words(text: str) -> dict[str, int]:
    """Return how often each word occurs in ``text``, in lower case. Words are separated by white space.

    Examples:
        count_words("the cat saw The dog") == {"the": 2, "cat": 1, "saw": 1, "dog": 1}
        count_words("") == {}
    """
    counts: dict[str, int] = {}
    for word in text.lower().split():
        counts[word] = counts.get(word, 0) + 1
    return counts
