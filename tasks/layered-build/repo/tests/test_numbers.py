import unittest

from calc.numbers import shown


class NumbersTest(unittest.TestCase):
    def test_whole(self) -> None:
        self.assertEqual([shown(value) for value in (2.0, -0.0, 1e14, -7.0)], ["2", "0", "100000000000000", "-7"])

    def test_others(self) -> None:
        self.assertEqual([shown(value) for value in (0.1 + 0.2, 1 / 3, 1e20)], ["0.3", "0.3333333333", "1e+20"])
