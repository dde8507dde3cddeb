from sheet.functions.date.month import MONTH

from ...support import FunctionTestCase


class MonthTest(FunctionTestCase):
    def test_months(self):
        self.assertEqual(MONTH(45351), 2)
        self.assertEqual(MONTH("2011-04-15"), 4)

    def test_no_day(self):
        self.assert_error("#NUM!", MONTH, 3000000)
