from sheet.functions.date.edate import EDATE

from ...support import FunctionTestCase


class EdateTest(FunctionTestCase):
    def test_later_and_earlier(self):
        self.assertEqual(EDATE("2011-01-15", 1), 40589)
        self.assertEqual(EDATE("2011-01-15", -1), 40527)

    def test_shorter_months(self):
        self.assertEqual(EDATE("2024-01-31", 1), 45351)

    def test_outside_the_calendar(self):
        self.assert_error("#NUM!", EDATE, "9999-12-01", 1)
