from sheet.functions.statistics.fisher import FISHER

from ...support import FunctionTestCase


class FisherTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(FISHER(0.75), 0.9729550745276566)
        self.assertEqual(FISHER(0), 0)

    def test_outside(self):
        self.assert_error("#NUM!", FISHER, 1)
