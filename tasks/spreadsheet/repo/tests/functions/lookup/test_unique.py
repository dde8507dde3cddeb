from sheet.functions.lookup.unique import UNIQUE

from ...support import FunctionTestCase


class UniqueTest(FunctionTestCase):
    def test_different_rows(self):
        self.assertEqual(UNIQUE([["a"], ["b"], ["A"], ["c"]]), [["a"], ["b"], ["c"]])
        self.assertEqual(UNIQUE([[1, 2], [1, 2], [2, 1]]), [[1, 2], [2, 1]])

    def test_different_columns(self):
        self.assertEqual(UNIQUE([[1, 1, 2]], True), [[1, 2]])

    def test_only_once(self):
        self.assertEqual(UNIQUE([[1], [2], [1]], False, True), [[2]])
        self.assert_error("#N/A", UNIQUE, [[1], [1]], False, True)
