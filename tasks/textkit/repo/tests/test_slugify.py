import unittest

from textkit.slugify import slugify


class SlugifyTest(unittest.TestCase):
    def test_joins_words_with_hyphens(self):
        self.assertEqual(slugify("Hello World"), "hello-world")

    def test_drops_other_characters(self):
        self.assertEqual(slugify("  Hello,   World! "), "hello-world")
        self.assertEqual(slugify("a--b__c"), "a-b-c")

    def test_keeps_digits(self):
        self.assertEqual(slugify("Version 2.0"), "version-2-0")

    def test_empty_text(self):
        self.assertEqual(slugify(""), "")
        self.assertEqual(slugify("!!!"), "")
