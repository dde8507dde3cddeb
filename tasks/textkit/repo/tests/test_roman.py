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

    def test_numbers_out_of_range(self):
        for number in (0, -5, 4000):
            with self.assertRaises(ValueError):
                to_roman(number)
