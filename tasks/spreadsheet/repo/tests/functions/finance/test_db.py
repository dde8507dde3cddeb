from sheet.functions.finance.db import DB

from ...support import FunctionTestCase


class DbTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(DB(1000000, 100000, 6, 1, 7), 186083.33333333334)
        self.assert_close(DB(1000000, 100000, 6, 2, 7), 259639.41666666667)
        self.assert_close(DB(1000000, 100000, 6, 7, 7), 15845.098473848071)

    def test_impossible_assets(self):
        self.assert_error("#NUM!", DB, 1000, 100, 5, 6)
        self.assert_error("#NUM!", DB, 0, 100, 5, 1)
