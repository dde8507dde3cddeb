from sheet.functions.engineering.impower import IMPOWER

from ...support import FunctionTestCase


class ImpowerTest(FunctionTestCase):
    def test_powers(self):
        self.assertEqual(IMPOWER("2+3i", 3), "-46+9i")
        self.assertEqual(IMPOWER("2j", 2), "-4")
        self.assertEqual(IMPOWER(4, 0.5), "2")

    def test_zero(self):
        self.assert_error("#NUM!", IMPOWER, 0, 0)
        self.assert_error("#DIV/0!", IMPOWER, 0, -1)
