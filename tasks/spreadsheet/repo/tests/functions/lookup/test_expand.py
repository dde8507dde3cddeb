from sheet.core.errors import na_error
from sheet.functions.lookup.expand import EXPAND

from ...support import FunctionTestCase


class ExpandTest(FunctionTestCase):
    def test_grows(self):
        self.assertEqual(EXPAND([[1, 2]], 2, 3, 0), [[1, 2, 0], [0, 0, 0]])
        self.assertEqual(EXPAND(5, 1, 2), [[5, na_error()]])
        self.assertEqual(EXPAND([[1]], None, None), [[1]])

    def test_cannot_shrink(self):
        self.assert_error("#VALUE!", EXPAND, [[1, 2]], 1, 1)
