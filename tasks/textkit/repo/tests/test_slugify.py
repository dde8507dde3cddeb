import unittest

from textkit.slugify import slugify


class SlugifyTest(unittest.TestCase):
    def test_joins_words_with_hyphens(self):
        self.assertEqual(slugify("Hello World"), "hello-world")

    def test_ignores_more_white_space(self):
        self.assertEqual(slugify("  a  B "), "a-b")

    def test_empty_text(self):
        self.assertEqual(slugify(""), "")
