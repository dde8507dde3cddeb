from sheet.functions.statistics.quartile import QUARTILE

from ...support import FunctionTestCase


class QuartileTest(FunctionTestCase):
    def test_quartiles(self):
        self.assertEqual(QUARTILE([[1, 2, 4, 7, 8, 9, 10, 12]], 1), 3.5)
        self.assertEqual(QUARTILE([[1, 2, 4, 7, 8, 9, 10, 12]], 4), 12)

    def test_no_such_quarter(self):
        self.assert_error("#NUM!", QUARTILE, [[1, 2]], 5)
        self.assert_error("#NUM!", QUARTILE, [[None]], 1)
