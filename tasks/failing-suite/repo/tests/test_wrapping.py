import unittest

from helpers.wrapping import wrap


class WrappingTest(unittest.TestCase):
    def test_wrapping(self) -> None:
        self.assertEqual(wrap("one two three", 7), ["one two", "three"])

    def test_a_long_word(self) -> None:
        self.assertEqual(wrap("a longword b", 4), ["a", "longword", "b"])
