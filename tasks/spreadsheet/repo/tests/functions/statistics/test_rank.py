from sheet.functions.statistics.rank import RANK

from ...support import FunctionTestCase


class RankTest(FunctionTestCase):
    def test_both_directions(self):
        self.assertEqual(RANK(3.5, [[7, 3.5, 3.5, 1, 2]], 1), 3)
        self.assertEqual(RANK(7, [[7, 3.5, 3.5, 1, 2]]), 1)
        self.assertEqual(RANK(3.5, [[7, 3.5, 3.5, 1, 2]]), 2)

    def test_not_there(self):
        self.assert_error("#N/A", RANK, 4, [[1, 2]])
