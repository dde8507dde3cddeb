from sheet.functions.statistics.var_p import VAR_P

from ...support import FunctionTestCase


class VarPTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(VAR_P([[1345, 1301, 1368, 1322, 1310, 1370, 1318, 1350, 1303, 1299]]), 678.84)
        self.assertEqual(VAR_P(7), 0)

    def test_nothing(self):
        self.assert_error("#DIV/0!", VAR_P, [["x"]])
