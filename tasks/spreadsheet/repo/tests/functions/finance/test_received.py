from sheet.functions.finance.received import RECEIVED

from ...support import FunctionTestCase


class ReceivedTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(RECEIVED("2008-02-15", "2008-05-15", 1000000, 0.0575, 2), 1014584.6544071021)
        self.assert_close(RECEIVED("2024-01-01", "2025-01-01", 90, 0.1), 100)

    def test_impossible_securities(self):
        self.assert_error("#NUM!", RECEIVED, "2024-01-01", "2024-01-01", 90, 0.1)
