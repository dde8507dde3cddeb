from sheet.core import statistics

from ..support import FunctionTestCase

LINE = [(1, 3), (2, 5), (3, 7), (4, 9)]


class StatisticsTest(FunctionTestCase):
    def test_mean_and_spread(self):
        self.assertEqual(statistics.mean([1, 2, 6]), 3)
        self.assertEqual(statistics.squared_deviations([1, 2, 6]), 14)
        self.assert_error("#DIV/0!", statistics.mean, [])

    def test_variance(self):
        self.assertEqual(statistics.variance([1, 2, 6], sample=True), 7)
        self.assert_close(statistics.variance([1, 2, 6], sample=False), 14 / 3)
        self.assert_error("#DIV/0!", statistics.variance, [1], True)
        self.assertEqual(statistics.variance([1], sample=False), 0)

    def test_covariance_and_correlation(self):
        self.assertEqual(statistics.covariance(LINE, sample=False), 2.5)
        self.assert_close(statistics.covariance(LINE, sample=True), 10 / 3)
        self.assert_close(statistics.correlation(LINE), 1)
        self.assert_error("#DIV/0!", statistics.correlation, [(1, 1), (1, 2)])

    def test_line(self):
        self.assert_close(list(statistics.line_through(LINE)), [2, 1])
        self.assert_error("#N/A", statistics.line_through, [])
        self.assert_error("#DIV/0!", statistics.line_through, [(1, 1), (1, 2)])

    def test_percentiles(self):
        self.assertEqual(statistics.percentile([4, 1, 3, 2], 0.5), 2.5)
        self.assertEqual(statistics.percentile([4, 1, 3, 2], 1), 4)
        self.assertEqual(statistics.percentile([4, 1, 3, 2], 0.2, exclusive=True), 1)
        self.assert_error("#NUM!", statistics.percentile, [1, 2], 0.1, True)
        self.assert_error("#NUM!", statistics.percentile, [], 0.5)

    def test_ranks(self):
        self.assertEqual(statistics.ranks([7, 5, 5, 1], 5, ascending=False), (2, 3))
        self.assertEqual(statistics.ranks([7, 5, 5, 1], 1, ascending=True), (1, 1))
        self.assert_error("#N/A", statistics.ranks, [7], 5, True)
