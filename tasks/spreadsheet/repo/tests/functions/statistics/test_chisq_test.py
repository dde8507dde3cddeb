from sheet.functions.statistics.chisq_test import CHISQ_TEST

from ...support import FunctionTestCase


class ChisqTestTest(FunctionTestCase):
    def test_known_table(self):
        self.assertAlmostEqual(
            CHISQ_TEST([[58, 35], [11, 25], [10, 23]], [[45.35, 47.65], [17.56, 18.44], [16.09, 16.91]]),
            0.0003082,
            places=7,
        )

    def test_no_difference_at_all(self):
        self.assertEqual(CHISQ_TEST([[5, 5]], [[5, 5]]), 1)

    def test_shapes_that_differ(self):
        self.assert_error("#N/A", CHISQ_TEST, [[1, 2]], [[1], [2]])
