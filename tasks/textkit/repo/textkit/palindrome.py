# Return whether `text`, put in lower case, reads the same forwards and backwards.
# is_palindrome("Level") == True
def is_palindrome(text: str) -> bool:
    raise NotImplementedError
