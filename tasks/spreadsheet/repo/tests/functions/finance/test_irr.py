from sheet.functions.finance.irr import IRR

from ...support import FunctionTestCase

FLOWS = [[-70000], [12000], [15000], [18000], [21000], [26000]]


class IrrTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(IRR(FLOWS), 0.08663094803653)
        self.assert_close(IRR(FLOWS[:5]), -0.02124484827341)
        self.assert_close(IRR([[-100, 110]]), 0.1)

    def test_any_guess_will_do(self):
        self.assert_close(IRR(FLOWS, 5), 0.08663094803653)

    def test_no_sign_changes(self):
        self.assert_error("#NUM!", IRR, [[100, 110]])
