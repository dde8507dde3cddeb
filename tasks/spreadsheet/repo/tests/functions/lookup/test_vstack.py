from sheet.core.errors import na_error
from sheet.functions.lookup.vstack import VSTACK

from ...support import FunctionTestCase


class VstackTest(FunctionTestCase):
    def test_below_one_another(self):
        self.assertEqual(VSTACK([[1, 2]], [["a", "b"], ["c", "d"]]), [[1, 2], ["a", "b"], ["c", "d"]])
        self.assertEqual(VSTACK(1, 2), [[1], [2]])

    def test_widths_that_differ(self):
        self.assertEqual(VSTACK([[1, 2]], 3), [[1, 2], [3, na_error()]])
