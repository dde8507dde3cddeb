from sheet.core.errors import na_error
from sheet.functions.lookup.hstack import HSTACK

from ...support import FunctionTestCase


class HstackTest(FunctionTestCase):
    def test_side_by_side(self):
        self.assertEqual(HSTACK([[1, 2], [3, 4]], [["a"], ["b"]]), [[1, 2, "a"], [3, 4, "b"]])
        self.assertEqual(HSTACK(1, 2), [[1, 2]])

    def test_heights_that_differ(self):
        self.assertEqual(HSTACK([[1], [2]], 3), [[1, 3], [2, na_error()]])
