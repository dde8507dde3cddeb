import unittest

from textkit.word_count import count_words


class CountWordsTest(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(count_words("the cat saw the dog"), 5)

    def test_any_white_space_separates(self):
        self.assertEqual(count_words(" a\n\tb  a "), 3)

    def test_nothing_to_count(self):
        self.assertEqual(count_words(""), 0)
