from sheet.functions.date.day import DAY

from ...support import FunctionTestCase


class DayTest(FunctionTestCase):
    def test_days(self):
        self.assertEqual(DAY(45351), 29)
        self.assertEqual(DAY("2011-04-15"), 15)
        self.assertEqual(DAY(45351.9), 29)

    def test_no_day(self):
        self.assert_error("#NUM!", DAY, -1)
