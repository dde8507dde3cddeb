import unittest

from textkit.word_count import count_words


class CountWordsTest(unittest.TestCase):
    def test_counts_words(self):
        self.assertEqual(count_words("one two one"), {"one": 2, "two": 1})

    def test_ignores_case_and_punctuation(self):
        self.assertEqual(count_words("The cat saw the dog."), {"the": 2, "cat": 1, "saw": 1, "dog": 1})
        self.assertEqual(count_words("Stop! Stop?"), {"stop": 2})

    def test_any_white_space_separates(self):
        self.assertEqual(count_words(" a\n\tb  a "), {"a": 2, "b": 1})

    def test_nothing_to_count(self):
        self.assertEqual(count_words(""), {})
        self.assertEqual(count_words("... !"), {})
