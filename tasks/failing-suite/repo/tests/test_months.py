import unittest
from datetime import date

from helpers.months import add_months


class MonthsTest(unittest.TestCase):
    def test_within_a_year(self) -> None:
        self.assertEqual(add_months(date(2025, 3, 15), 2), date(2025, 5, 15))

    def test_into_december(self) -> None:
        self.assertEqual(add_months(date(2025, 10, 9), 2), date(2025, 12, 9))

    def test_short_month(self) -> None:
        self.assertEqual(add_months(date(2025, 1, 31), 1), date(2025, 2, 28))

    def test_backwards(self) -> None:
        self.assertEqual(add_months(date(2025, 3, 31), -1), date(2025, 2, 28))
