from sheet.functions.statistics.average import AVERAGE

from ...support import FunctionTestCase


class AverageTest(FunctionTestCase):
    def test_skips_what_is_no_number_in_ranges(self):
        self.assertEqual(AVERAGE([[10, 7, "x", None]], 13), 10)
        self.assertEqual(AVERAGE([[True, 4]]), 4)

    def test_coerces_direct_values(self):
        self.assertEqual(AVERAGE("6", True), 3.5)

    def test_nothing(self):
        self.assert_error("#DIV/0!", AVERAGE, [[None]])
