import unittest

from helpers.patterns import matches


class PatternsTest(unittest.TestCase):
    def test_wildcards(self) -> None:
        self.assertTrue(matches("notes.txt", "*.txt"))
        self.assertTrue(matches("a1", "a?"))
        self.assertFalse(matches("a", "a?"))

    def test_the_whole_name(self) -> None:
        self.assertFalse(matches("notes.txt.old", "*.txt"))

    def test_a_dot_is_a_dot(self) -> None:
        self.assertFalse(matches("notes-txt", "*.txt"))
