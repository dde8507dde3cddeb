from sheet.functions.date.year import YEAR

from ...support import FunctionTestCase


class YearTest(FunctionTestCase):
    def test_years(self):
        self.assertEqual(YEAR(45351), 2024)
        self.assertEqual(YEAR("1999-12-31"), 1999)

    def test_no_day(self):
        self.assert_error("#VALUE!", YEAR, "x")
