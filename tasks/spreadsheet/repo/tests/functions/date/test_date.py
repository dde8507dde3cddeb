from sheet.functions.date.date import DATE

from ...support import FunctionTestCase


class DateTest(FunctionTestCase):
    def test_days(self):
        self.assertEqual(DATE(2008, 7, 8), 39637)
        self.assertEqual(DATE(2000, 1, 1), 36526)
        self.assertEqual(DATE(108, 1, 2), 39449)

    def test_runs_on(self):
        self.assertEqual(DATE(2008, 14, 2), 39846)
        self.assertEqual(DATE(2008, 1, 35), 39482)
        self.assertEqual(DATE(2008, -3, 2), 39327)

    def test_outside_the_calendar(self):
        self.assert_error("#NUM!", DATE, 10000, 1, 1)
