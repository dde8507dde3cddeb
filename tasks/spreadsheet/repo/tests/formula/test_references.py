from sheet.formula.references import (
    Reference,
    block,
    column_letters,
    column_number,
    parse_reference,
    reference_name,
)

from ..support import FunctionTestCase


class ReferencesTest(FunctionTestCase):
    def test_columns(self):
        for number, letters in ((1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")):
            self.assertEqual(column_letters(number), letters)
            self.assertEqual(column_number(letters.lower()), number)

    def test_names(self):
        self.assertEqual(parse_reference("b12"), Reference(row=12, column=2))
        self.assertEqual(parse_reference("$AA$10"), Reference(10, 27))
        self.assertEqual(reference_name(Reference(10, 27)), "AA10")

    def test_what_is_no_name(self):
        for name in ("", "A", "5", "A0", "ABCD1", "A1:B2", "A-1"):
            self.assert_error("#REF!", parse_reference, name)

    def test_blocks_from_any_corner(self):
        expected = [[Reference(1, 1), Reference(1, 2)], [Reference(2, 1), Reference(2, 2)]]
        self.assertEqual(block(Reference(1, 1), Reference(2, 2)), expected)
        self.assertEqual(block(Reference(2, 1), Reference(1, 2)), expected)
