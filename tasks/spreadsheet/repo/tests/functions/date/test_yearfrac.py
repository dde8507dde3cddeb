from sheet.functions.date.yearfrac import YEARFRAC

from ...support import FunctionTestCase


class YearfracTest(FunctionTestCase):
    def test_bases(self):
        self.assert_close(YEARFRAC("2012-01-01", "2012-07-30"), 0.5805555555555556)
        self.assert_close(YEARFRAC("2012-01-01", "2012-07-30", 1), 0.5765027322404371)
        self.assert_close(YEARFRAC("2012-01-01", "2012-07-30", 3), 0.5780821917808219)

    def test_no_such_basis(self):
        self.assert_error("#NUM!", YEARFRAC, 1, 2, 5)
