from sheet.functions.date.datevalue import DATEVALUE

from ...support import FunctionTestCase


class DatevalueTest(FunctionTestCase):
    def test_reads_dates(self):
        self.assertEqual(DATEVALUE("2011-08-22"), 40777)
        self.assertEqual(DATEVALUE(" 2024-2-29 "), 45351)

    def test_no_dates(self):
        self.assert_error("#VALUE!", DATEVALUE, "2023-02-29")
        self.assert_error("#VALUE!", DATEVALUE, "soon")
