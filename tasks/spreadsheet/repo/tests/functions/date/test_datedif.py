from sheet.functions.date.datedif import DATEDIF

from ...support import FunctionTestCase


class DatedifTest(FunctionTestCase):
    def test_every_unit(self):
        self.assertEqual(DATEDIF("2001-01-01", "2003-01-01", "Y"), 2)
        self.assertEqual(DATEDIF("2001-06-01", "2002-08-15", "D"), 440)
        self.assertEqual(DATEDIF("2001-06-01", "2002-08-15", "M"), 14)
        self.assertEqual(DATEDIF("2001-06-01", "2002-08-15", "YM"), 2)
        self.assertEqual(DATEDIF("2001-06-01", "2002-08-15", "MD"), 14)
        self.assertEqual(DATEDIF("2001-06-01", "2002-08-15", "YD"), 75)

    def test_the_end_comes_first(self):
        self.assert_error("#NUM!", DATEDIF, "2003-01-01", "2001-01-01", "D")
        self.assert_error("#NUM!", DATEDIF, 1, 2, "W")
