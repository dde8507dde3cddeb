from sheet.functions.date.eomonth import EOMONTH

from ...support import FunctionTestCase


class EomonthTest(FunctionTestCase):
    def test_later_and_earlier(self):
        self.assertEqual(EOMONTH("2011-01-01", 1), 40602)
        self.assertEqual(EOMONTH("2011-01-01", -3), 40482)

    def test_leap_years(self):
        self.assertEqual(EOMONTH("2024-02-01", 0), 45351)

    def test_outside_the_calendar(self):
        self.assert_error("#NUM!", EOMONTH, "1900-01-01", -1)
