from sheet.functions.finance.ddb import DDB

from ...support import FunctionTestCase


class DdbTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(DDB(2400, 300, 10, 1), 480)
        self.assert_close(DDB(2400, 300, 10, 2, 1.5), 306)
        self.assert_close(DDB(2400, 300, 10, 10), 22.1225472)

    def test_never_below_the_salvage(self):
        self.assertEqual(DDB(100, 90, 5, 2), 0)

    def test_impossible_assets(self):
        self.assert_error("#NUM!", DDB, 100, 10, 5, 6)
