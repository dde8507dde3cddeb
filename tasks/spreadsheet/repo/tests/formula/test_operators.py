from sheet.core.errors import div_error, na_error
from sheet.formula.operators import binary, unary

from ..support import FunctionTestCase


class OperatorsTest(FunctionTestCase):
    def test_arithmetic(self):
        self.assertEqual(binary("+", "2", True), 3)
        self.assertEqual(binary("/", 7, 2), 3.5)
        self.assertEqual(binary("^", 2, 10), 1024)
        self.assertEqual(binary("-", None, 4), -4)

    def test_arithmetic_errors(self):
        self.assert_error("#DIV/0!", binary, "/", 1, 0)
        self.assert_error("#NUM!", binary, "^", -8, 0.5)
        self.assert_error("#NUM!", binary, "^", 10, 400)
        self.assert_error("#NUM!", binary, "^", 0, 0)
        self.assert_error("#VALUE!", binary, "+", "a", 1)
        self.assert_error("#N/A", binary, "+", na_error(), 1)

    def test_text(self):
        self.assertEqual(binary("&", "a", 1.0), "a1")

    def test_comparisons(self):
        self.assertIs(binary("=", "ABC", "abc"), True)
        self.assertIs(binary("<", 5, "a"), True)
        self.assertIs(binary("<>", 1, True), True)
        self.assertIs(binary(">=", 2, 2), True)

    def test_blanks_equal_what_is_empty(self):
        for empty in (0, "", False, None):
            self.assertIs(binary("=", None, empty), True)

    def test_ranges(self):
        self.assertEqual(binary("*", [[1, 2], [3, 4]], 10), [[10, 20], [30, 40]])
        self.assertEqual(binary("+", [[1, 2]], [[10], [20]]), [[11, 12], [21, 22]])
        self.assertEqual(binary("/", [[1, 2]], [[0, 2]]), [[div_error(), 1]])
        self.assertEqual(binary("+", [[1], [2], [3]], [[1], [2]]), [[2], [4], [na_error()]])

    def test_signs(self):
        self.assertEqual(unary("-", [[1, -2]]), [[-1, 2]])
        self.assertEqual(unary("+", "text"), "text")
        self.assertEqual(unary("%", 50), 0.5)
