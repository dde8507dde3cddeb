import unittest

from textkit.palindrome import is_palindrome


class IsPalindromeTest(unittest.TestCase):
    def test_palindromes(self):
        self.assertTrue(is_palindrome("Level"))
        self.assertTrue(is_palindrome(""))

    def test_others(self):
        self.assertFalse(is_palindrome("ab"))
        self.assertFalse(is_palindrome("Levels"))
