import unittest

from textkit.word_count import count_words


class CountWordsTest(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(count_words("the cat saw The dog"), {"the": 2, "cat": 1, "saw": 1, "dog": 1})

    def test_any_white_space_separates(self):
        self.assertEqual(count_words(" a\n\tb  a "), {"a": 2, "b": 1})

    def test_nothing_to_count(self):
        self.assertEqual(count_words(""), {})
