from sheet.functions.finance.xirr import XIRR

from ...support import FunctionTestCase

FLOWS = [[-10000], [2750], [4250], [3250], [2750]]
DATES = [["2008-01-01"], ["2008-03-01"], ["2008-10-30"], ["2009-02-15"], ["2009-04-01"]]


class XirrTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(XIRR(FLOWS, DATES), 0.37336253351883)

    def test_one_year(self):
        self.assert_close(XIRR([[-100, 110]], [["2023-01-01", "2024-01-01"]]), 0.1)

    def test_impossible_flows(self):
        self.assert_error("#NUM!", XIRR, [[100, 110]], [["2023-01-01", "2024-01-01"]])
        self.assert_error("#NUM!", XIRR, [[-1, 1]], [["2023-01-01"]])
