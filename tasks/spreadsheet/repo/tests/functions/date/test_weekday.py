from sheet.functions.date.weekday import WEEKDAY

from ...support import FunctionTestCase


class WeekdayTest(FunctionTestCase):
    def test_numberings(self):
        self.assertEqual(WEEKDAY("2008-02-14"), 5)
        self.assertEqual(WEEKDAY("2008-02-14", 2), 4)
        self.assertEqual(WEEKDAY("2008-02-14", 3), 3)
        self.assertEqual(WEEKDAY("2008-02-14", 14), 1)

    def test_no_such_numbering(self):
        self.assert_error("#NUM!", WEEKDAY, 1, 4)
