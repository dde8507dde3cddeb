from sheet.functions.date.isoweeknum import ISOWEEKNUM

from ...support import FunctionTestCase


class IsoweeknumTest(FunctionTestCase):
    def test_weeks(self):
        self.assertEqual(ISOWEEKNUM("2012-03-09"), 10)
        self.assertEqual(ISOWEEKNUM("2021-01-03"), 53)
        self.assertEqual(ISOWEEKNUM("2024-12-30"), 1)

    def test_no_day(self):
        self.assert_error("#NUM!", ISOWEEKNUM, -1)
