import unittest

from helpers.backoff import waits


class BackoffTest(unittest.TestCase):
    def test_doubling(self) -> None:
        self.assertEqual(waits(4), [1.0, 2.0, 4.0])

    def test_the_longest(self) -> None:
        self.assertEqual(waits(9)[-1], 60.0)
        self.assertEqual(waits(5, 10, 30), [10, 20, 30, 30])

    def test_one_try(self) -> None:
        self.assertEqual(waits(1), [])
