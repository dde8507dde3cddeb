import unittest

from helpers.sizes import size_words


class SizesTest(unittest.TestCase):
    def test_sizes(self) -> None:
        self.assertEqual(size_words(1023), "1023 B")
        self.assertEqual(size_words(1536), "1.5 KiB")
        self.assertEqual(size_words(5 * 2**40), "5.0 TiB")
