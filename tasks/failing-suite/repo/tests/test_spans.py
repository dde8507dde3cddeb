import unittest

from helpers.spans import merge


class SpansTest(unittest.TestCase):
    def test_apart(self) -> None:
        self.assertEqual(merge([(7, 9), (1, 3)]), [(1, 3), (7, 9)])

    def test_overlapping(self) -> None:
        self.assertEqual(merge([(1, 5), (3, 8)]), [(1, 8)])

    def test_one_within_another(self) -> None:
        self.assertEqual(merge([(1, 9), (3, 4)]), [(1, 9)])

    def test_without_a_gap(self) -> None:
        self.assertEqual(merge([(1, 3), (4, 6)]), [(1, 6)])
