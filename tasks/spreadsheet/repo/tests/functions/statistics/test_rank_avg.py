from sheet.functions.statistics.rank_avg import RANK_AVG

from ...support import FunctionTestCase


class RankAvgTest(FunctionTestCase):
    def test_ties_share_the_mean(self):
        self.assertEqual(RANK_AVG(3.5, [[7, 3.5, 3.5, 1, 2]]), 2.5)
        self.assertEqual(RANK_AVG(94, [[89, 88, 92, 101, 94, 97, 95]]), 4)

    def test_not_there(self):
        self.assert_error("#N/A", RANK_AVG, 4, [[1, 2]])
