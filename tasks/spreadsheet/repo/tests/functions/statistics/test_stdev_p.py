from sheet.functions.statistics.stdev_p import STDEV_P

from ...support import FunctionTestCase


class StdevPTest(FunctionTestCase):
    def test_known_values(self):
        self.assertEqual(STDEV_P([[2, 4, 4, 4, 5, 5, 7, 9]]), 2)
        self.assertEqual(STDEV_P(5), 0)

    def test_nothing(self):
        self.assert_error("#DIV/0!", STDEV_P, [[None]])
