import unittest

from textkit.roman import to_roman


class ToRomanTest(unittest.TestCase):
    def test_single_letters(self):
        self.assertEqual(to_roman(1), "I")
        self.assertEqual(to_roman(1000), "M")

    def test_repeated_letters(self):
        self.assertEqual(to_roman(3), "III")
        self.assertEqual(to_roman(2026), "MMXXVI")

    def test_pairs(self):
        self.assertEqual(to_roman(4), "IV")
        self.assertEqual(to_roman(1994), "MCMXCIV")
