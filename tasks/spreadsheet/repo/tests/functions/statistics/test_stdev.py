import math

from sheet.functions.statistics.stdev import STDEV

from ...support import FunctionTestCase


class StdevTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(
            STDEV([[1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299]]), 27.46391571984349
        )
        self.assert_close(STDEV(2, 4), math.sqrt(2))

    def test_one_number(self):
        self.assert_error("#DIV/0!", STDEV, [[5, "x"]])
