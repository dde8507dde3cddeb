from sheet.functions.date.workday import WORKDAY

from ...support import FunctionTestCase


class WorkdayTest(FunctionTestCase):
    def test_later_and_earlier(self):
        self.assertEqual(WORKDAY("2008-10-01", 151), 39933)
        self.assertEqual(WORKDAY("2024-03-04", -1), 45352)

    def test_holidays(self):
        self.assertEqual(WORKDAY("2008-10-01", 151, [["2008-11-26"], ["2008-12-04"], ["2009-01-21"]]), 39938)

    def test_no_days(self):
        self.assertEqual(WORKDAY("2024-03-02", 0), 45353)

    def test_outside_the_calendar(self):
        self.assert_error("#NUM!", WORKDAY, "9999-12-31", 1)
