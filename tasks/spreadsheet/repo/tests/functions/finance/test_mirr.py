from sheet.functions.finance.mirr import MIRR

from ...support import FunctionTestCase

FLOWS = [[-120000], [39000], [30000], [21000], [37000], [46000]]


class MirrTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(MIRR(FLOWS, 0.1, 0.12), 0.126094130365905)
        self.assertAlmostEqual(MIRR(FLOWS[:4], 0.1, 0.12), -0.0480446552, places=9)

    def test_no_payments(self):
        self.assert_error("#DIV/0!", MIRR, [[100, 200]], 0.1, 0.1)
