from sheet.functions.lookup.wraprows import WRAPROWS

from ...support import FunctionTestCase


class WraprowsTest(FunctionTestCase):
    def test_breaks_lines(self):
        self.assertEqual(WRAPROWS([[1, 2, 3, 4]], 2), [[1, 2], [3, 4]])
        self.assertEqual(WRAPROWS([[1], [2], [3]], 2, "-"), [[1, 2], [3, "-"]])

    def test_impossible_input(self):
        self.assert_error("#NUM!", WRAPROWS, [[1, 2]], 0)
        self.assert_error("#VALUE!", WRAPROWS, [[1, 2], [3, 4]], 2)
