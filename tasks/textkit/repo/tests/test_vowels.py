import unittest

from textkit.vowels import count_vowels


class CountVowelsTest(unittest.TestCase):
    def test_counts(self):
        self.assertEqual(count_vowels("Hello"), 2)
        self.assertEqual(count_vowels("XYZ"), 0)

    def test_upper_case(self):
        self.assertEqual(count_vowels("AEIOU and aeiou"), 11)

    def test_empty_text(self):
        self.assertEqual(count_vowels(""), 0)
