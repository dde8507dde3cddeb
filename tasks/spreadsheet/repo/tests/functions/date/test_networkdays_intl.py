from sheet.functions.date.networkdays_intl import NETWORKDAYS_INTL

from ...support import FunctionTestCase


class NetworkdaysIntlTest(FunctionTestCase):
    def test_other_weekends(self):
        self.assertEqual(NETWORKDAYS_INTL("2006-01-01", "2006-01-31"), 22)
        self.assertEqual(
            NETWORKDAYS_INTL("2006-01-01", "2006-02-01", 7, [["2006-01-02"], ["2006-01-16"]]), 22
        )
        self.assertEqual(NETWORKDAYS_INTL("2006-01-01", "2006-02-01", "0010001"), 22)

    def test_backwards(self):
        self.assertEqual(NETWORKDAYS_INTL("2006-02-28", "2006-01-31"), -21)

    def test_no_such_weekend(self):
        self.assert_error("#VALUE!", NETWORKDAYS_INTL, 1, 2, "1111111")
        self.assert_error("#NUM!", NETWORKDAYS_INTL, 1, 2, 9)
