from sheet.functions.date.weeknum import WEEKNUM

from ...support import FunctionTestCase


class WeeknumTest(FunctionTestCase):
    def test_numberings(self):
        self.assertEqual(WEEKNUM("2012-03-09"), 10)
        self.assertEqual(WEEKNUM("2012-03-09", 2), 11)
        self.assertEqual(WEEKNUM("2021-01-03", 21), 53)

    def test_the_first_day(self):
        self.assertEqual(WEEKNUM("2023-01-01"), 1)

    def test_no_such_numbering(self):
        self.assert_error("#NUM!", WEEKNUM, 1, 3)
