from sheet.functions.statistics.kurt import KURT

from ...support import FunctionTestCase


class KurtTest(FunctionTestCase):
    def test_known_value(self):
        self.assert_close(KURT([[3, 4, 5, 2, 3, 4, 5, 6, 4, 7]]), -0.15179963720841627)

    def test_too_few(self):
        self.assert_error("#DIV/0!", KURT, 1, 2, 3)

    def test_no_variation(self):
        self.assert_error("#DIV/0!", KURT, 5, 5, 5, 5)
