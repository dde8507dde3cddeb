from sheet.functions.finance.xnpv import XNPV

from ...support import FunctionTestCase

FLOWS = [[-10000], [2750], [4250], [3250], [2750]]
DATES = [["2008-01-01"], ["2008-03-01"], ["2008-10-30"], ["2009-02-15"], ["2009-04-01"]]


class XnpvTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(XNPV(0.09, FLOWS, DATES), 2086.647602031535)

    def test_without_interest(self):
        self.assertEqual(XNPV(0, [[1, 2]], [[40000, 50000]]), 3)

    def test_impossible_flows(self):
        self.assert_error("#NUM!", XNPV, 0.1, [[1, 2]], [[40000]])
        self.assert_error("#NUM!", XNPV, 0.1, [[1, 2]], [[40000, 39999]])
