from sheet.functions.date.days360 import DAYS360

from ...support import FunctionTestCase


class Days360Test(FunctionTestCase):
    def test_twelve_equal_months(self):
        self.assertEqual(DAYS360("2011-01-30", "2011-02-01"), 1)
        self.assertEqual(DAYS360("2011-01-01", "2011-12-31"), 360)

    def test_the_european_way(self):
        self.assertEqual(DAYS360("2011-01-01", "2011-12-31", True), 359)

    def test_no_days(self):
        self.assert_error("#NUM!", DAYS360, -5, 1)
