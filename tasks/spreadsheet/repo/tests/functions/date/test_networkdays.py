from sheet.functions.date.networkdays import NETWORKDAYS

from ...support import FunctionTestCase


class NetworkdaysTest(FunctionTestCase):
    def test_whole_months(self):
        self.assertEqual(NETWORKDAYS("2012-10-01", "2013-03-01"), 110)
        self.assertEqual(NETWORKDAYS("2012-10-01", "2013-03-01", [["2012-11-22"]]), 109)

    def test_holidays_on_weekends_do_not_count(self):
        self.assertEqual(NETWORKDAYS("2024-03-01", "2024-03-04", [["2024-03-02"], [None]]), 2)

    def test_backwards(self):
        self.assertEqual(NETWORKDAYS("2024-03-04", "2024-03-01"), -2)

    def test_no_days(self):
        self.assert_error("#VALUE!", NETWORKDAYS, "x", 1)
