from sheet.core.errors import na_error
from sheet.functions.lookup.tocol import TOCOL

from ...support import FunctionTestCase


class TocolTest(FunctionTestCase):
    def test_one_column(self):
        self.assertEqual(TOCOL([[1, 2], [3, None]]), [[1], [2], [3], [None]])

    def test_skips(self):
        self.assertEqual(TOCOL([[1, None, na_error()]], 1), [[1], [na_error()]])
        self.assertEqual(TOCOL([[1, None, na_error()]], 3), [[1]])

    def test_nothing_is_left(self):
        self.assert_error("#N/A", TOCOL, [[None]], 1)
        self.assert_error("#VALUE!", TOCOL, [[1]], 4)
