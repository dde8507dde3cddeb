from sheet.functions.date.days import DAYS

from ...support import FunctionTestCase


class DaysTest(FunctionTestCase):
    def test_both_directions(self):
        self.assertEqual(DAYS("2021-03-15", "2021-02-01"), 42)
        self.assertEqual(DAYS(36526, 36891), -365)

    def test_no_days(self):
        self.assert_error("#VALUE!", DAYS, "x", 1)
