import unittest

from textkit.caesar import shift


class ShiftTest(unittest.TestCase):
    def test_moves_letters(self):
        self.assertEqual(shift("abc", 1), "bcd")

    def test_begins_again_after_z(self):
        self.assertEqual(shift("Xyz!", 3), "Abc!")

    def test_moves_back(self):
        self.assertEqual(shift("bcd", -1), "abc")
        self.assertEqual(shift(shift("Attack at dawn", 7), -7), "Attack at dawn")

    def test_far_moves(self):
        self.assertEqual(shift("abc", 26), "abc")
        self.assertEqual(shift("abc", 53), "bcd")

    def test_other_characters_stay(self):
        self.assertEqual(shift("1, 2 & \u00e4", 5), "1, 2 & \u00e4")
