from sheet.functions.statistics.quartile_exc import QUARTILE_EXC

from ...support import FunctionTestCase

DATA = [[6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49]]


class QuartileExcTest(FunctionTestCase):
    def test_quartiles(self):
        self.assertEqual(QUARTILE_EXC(DATA, 1), 15)
        self.assertEqual(QUARTILE_EXC(DATA, 2), 40)
        self.assertEqual(QUARTILE_EXC(DATA, 3), 43)

    def test_no_such_quarter(self):
        self.assert_error("#NUM!", QUARTILE_EXC, DATA, 0)
