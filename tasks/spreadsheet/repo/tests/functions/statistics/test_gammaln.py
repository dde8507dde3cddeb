from sheet.functions.statistics.gammaln import GAMMALN

from ...support import FunctionTestCase


class GammalnTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(GAMMALN(4), 1.791759469228055)
        self.assert_close(GAMMALN(200), 857.9336698258574)

    def test_outside(self):
        self.assert_error("#NUM!", GAMMALN, 0)
