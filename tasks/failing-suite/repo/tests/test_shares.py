import unittest

from helpers.shares import divide


class SharesTest(unittest.TestCase):
    def test_even(self) -> None:
        self.assertEqual(divide(900, 3), [300, 300, 300])

    def test_a_cent_is_left(self) -> None:
        self.assertEqual(divide(1000, 3), [334, 333, 333])

    def test_nothing_is_lost(self) -> None:
        for cents in range(200):
            self.assertEqual(sum(divide(cents, 7)), cents)
