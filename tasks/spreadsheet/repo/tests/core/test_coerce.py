from sheet.core.coerce import clean, parse_number, scalar, sort_key, to_bool, to_integer, to_number, to_text
from sheet.core.errors import na_error

from ..support import FunctionTestCase


class ScalarTest(FunctionTestCase):
    def test_a_matrix_of_one_cell_is_that_cell(self):
        self.assertEqual(scalar([[7]]), 7)
        self.assert_error("#VALUE!", scalar, [[1, 2]])
        self.assert_error("#VALUE!", scalar, [])

    def test_errors_are_raised(self):
        self.assert_error("#N/A", scalar, na_error())
        self.assert_error("#N/A", scalar, [[na_error()]])


class NumberTest(FunctionTestCase):
    def test_text_that_spells_numbers(self):
        self.assertEqual(parse_number(" 1,250.5 "), 1250.5)
        self.assertEqual(parse_number("-3"), -3)
        self.assertIsInstance(parse_number("12"), int)
        self.assertEqual(parse_number("2e3"), 2000)
        self.assertEqual(parse_number("5%"), 0.05)

    def test_text_that_does_not(self):
        for text in ("", "abc", "1,2", "--1", "1 2", ".", "e5", "%", "0x10", "nan", "\u00b2"):
            self.assertIsNone(parse_number(text), text)

    def test_other_kinds(self):
        self.assertEqual(to_number(None), 0)
        self.assertEqual(to_number(True), 1)
        self.assertEqual(to_number(2.5), 2.5)
        self.assert_error("#VALUE!", to_number, "many")

    def test_integers_are_cut_towards_zero(self):
        self.assertEqual(to_integer(2.9), 2)
        self.assertEqual(to_integer("-2.9"), -2)


class TextTest(FunctionTestCase):
    def test_numbers_as_cells_show_them(self):
        self.assertEqual(to_text(3.0), "3")
        self.assertEqual(to_text(0.1 + 0.2), "0.3")
        self.assertEqual(to_text(1e20), "1E+20")

    def test_other_kinds(self):
        self.assertEqual(to_text(None), "")
        self.assertEqual(to_text(False), "FALSE")
        self.assertEqual(to_text("as it is "), "as it is ")


class BoolTest(FunctionTestCase):
    def test_every_kind(self):
        self.assertIs(to_bool(0), False)
        self.assertIs(to_bool(-2), True)
        self.assertIs(to_bool(None), False)
        self.assertIs(to_bool("true"), True)
        self.assert_error("#VALUE!", to_bool, "yes")


class SortKeyTest(FunctionTestCase):
    def test_kinds_come_in_order(self):
        mixed = [None, True, "b", 10, "A", False, -1]
        self.assertEqual(sorted(mixed, key=sort_key), [-1, 10, "A", "b", False, True, None])

    def test_case_is_ignored(self):
        self.assertEqual(sort_key("ABC"), sort_key("abc"))
        self.assertNotEqual(sort_key(1), sort_key(True))


class CleanTest(FunctionTestCase):
    def test_numbers(self):
        self.assertEqual(str(clean(-0.0)), "0.0")
        self.assertEqual(clean(5), 5)
        self.assertIsInstance(clean(10**20), float)

    def test_what_is_no_real_number(self):
        for value in (float("inf"), float("nan"), 1j, 10**400):
            self.assert_error("#NUM!", clean, value)

    def test_a_matrix_is_cleaned_cell_by_cell(self):
        self.assertEqual(clean([[1, "a"], [None, True]]), [[1, "a"], [None, True]])
        self.assert_error("#NUM!", clean, [[1, float("inf")]])
