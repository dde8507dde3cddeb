from sheet.functions.statistics.devsq import DEVSQ

from ...support import FunctionTestCase


class DevsqTest(FunctionTestCase):
    def test_squared_distances(self):
        self.assertEqual(DEVSQ([[4, 5, 8, 7, 11, 4, 3]]), 48)
        self.assertEqual(DEVSQ(5), 0)

    def test_nothing(self):
        self.assert_error("#DIV/0!", DEVSQ, [[None]])
