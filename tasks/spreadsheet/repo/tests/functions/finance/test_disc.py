from sheet.functions.finance.disc import DISC

from ...support import FunctionTestCase


class DiscTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(DISC("2018-07-01", "2048-01-01", 97.975, 100, 2), 0.02025 * 360 / 10776)
        self.assert_close(DISC("2024-01-01", "2025-01-01", 90, 100), 0.1)

    def test_impossible_securities(self):
        self.assert_error("#NUM!", DISC, "2025-01-01", "2024-01-01", 90, 100)
