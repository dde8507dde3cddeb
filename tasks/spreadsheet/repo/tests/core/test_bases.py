from sheet.core.bases import format_signed, parse_signed, to_digits

from ..support import FunctionTestCase


class BasesTest(FunctionTestCase):
    def test_digits(self):
        self.assertEqual(to_digits(0, 2), "0")
        self.assertEqual(to_digits(255, 16), "FF")
        self.assertEqual(to_digits(35, 36), "Z")

    def test_reading(self):
        self.assertEqual(parse_signed("ff", 16), 255)
        self.assertEqual(parse_signed(101, 2), 5)
        self.assertEqual(parse_signed(None, 2), 0)
        self.assertEqual(parse_signed("FFFFFFFFFF", 16), -1)
        self.assertEqual(parse_signed("1000000000", 2), -512)

    def test_reading_nonsense(self):
        for text in ("2", "10000000000", "-1"):
            self.assert_error("#NUM!", parse_signed, text, 2)

    def test_writing(self):
        self.assertEqual(format_signed(9, 2), "1001")
        self.assertEqual(format_signed(9, 2, 6), "001001")
        self.assertEqual(format_signed(-1, 8), "7777777777")
        self.assertEqual(format_signed(-512, 2, 1), "1000000000")

    def test_writing_what_does_not_fit(self):
        self.assert_error("#NUM!", format_signed, 512, 2)
        self.assert_error("#NUM!", format_signed, 9, 2, 3)
        self.assert_error("#NUM!", format_signed, 9, 2, 11)
