from sheet.functions.statistics.var import VAR

from ...support import FunctionTestCase


class VarTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(
            VAR([[1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299]]), 754.2666666666667
        )
        self.assertEqual(VAR(2, "4"), 2)

    def test_one_number(self):
        self.assert_error("#DIV/0!", VAR, 7)
