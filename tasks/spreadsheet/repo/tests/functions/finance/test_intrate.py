from sheet.functions.finance.intrate import INTRATE

from ...support import FunctionTestCase


class IntrateTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(INTRATE("2008-02-15", "2008-05-15", 1000000, 1014420, 2), 0.05768)
        self.assert_close(INTRATE("2024-01-01", "2026-01-01", 100, 120), 0.1)

    def test_impossible_securities(self):
        self.assert_error("#NUM!", INTRATE, "2024-01-01", "2026-01-01", 0, 120)
