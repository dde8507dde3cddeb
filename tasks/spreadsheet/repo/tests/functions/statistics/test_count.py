from sheet.core.errors import na_error
from sheet.functions.statistics.count import COUNT

from ...support import FunctionTestCase


class CountTest(FunctionTestCase):
    def test_numbers_in_ranges(self):
        self.assertEqual(COUNT([[1, "2", None], [True, 4.5, na_error()]]), 2)

    def test_direct_values(self):
        self.assertEqual(COUNT("7", True, "x"), 2)

    def test_nothing(self):
        self.assertEqual(COUNT([[None]]), 0)
