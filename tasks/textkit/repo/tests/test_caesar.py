import unittest

from textkit.caesar import shift


class ShiftTest(unittest.TestCase):
    def test_moves_letters(self):
        self.assertEqual(shift("abc", 1), "bcd")

    def test_begins_again_after_z(self):
        self.assertEqual(shift("xyz!", 3), "abc!")

    def test_moves_back(self):
        self.assertEqual(shift("bcd", -1), "abc")

    def test_other_characters_stay(self):
        self.assertEqual(shift("1, 2 & A", 5), "1, 2 & A")
