from sheet.functions.statistics.frequency import FREQUENCY

from ...support import FunctionTestCase


class FrequencyTest(FunctionTestCase):
    def test_counts_classes(self):
        self.assertEqual(
            FREQUENCY([[79, 85, 78, 85, 50, 81, 95, 88, 97]], [[70, 79, 89]]), [[1], [2], [4], [2]]
        )

    def test_bounds_are_sorted(self):
        self.assertEqual(FREQUENCY([[1, 5, 9]], [[6, 3]]), [[1], [1], [1]])

    def test_without_bounds(self):
        self.assertEqual(FREQUENCY([[1, "x", 2]], [[None]]), [[2]])
