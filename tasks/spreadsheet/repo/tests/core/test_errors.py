import unittest

from sheet.core import errors
from sheet.core.errors import CellError


class CellErrorTest(unittest.TestCase):
    def test_shows_its_code(self):
        self.assertEqual(str(CellError("#NUM!", "too large")), "#NUM!")
        self.assertEqual(CellError("#NUM!", "too large").detail, "too large")

    def test_equality_ignores_the_detail(self):
        self.assertEqual(CellError("#NUM!", "one"), CellError("#NUM!", "two"))
        self.assertNotEqual(CellError("#NUM!"), CellError("#REF!"))
        self.assertNotEqual(CellError("#NUM!"), "#NUM!")
        self.assertEqual(len({CellError("#NUM!", "one"), CellError("#NUM!", "two")}), 1)

    def test_makers_use_the_right_codes(self):
        makers = {
            errors.value_error: "#VALUE!",
            errors.num_error: "#NUM!",
            errors.div_error: "#DIV/0!",
            errors.na_error: "#N/A",
            errors.ref_error: "#REF!",
            errors.name_error: "#NAME?",
        }
        for maker, code in makers.items():
            self.assertEqual(maker("why").code, code)
            self.assertEqual(maker("why").detail, "why")

    def test_can_be_raised(self):
        with self.assertRaises(CellError):
            raise errors.na_error()
