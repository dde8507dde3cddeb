from sheet.functions.text.text import TEXT

from ...support import FunctionTestCase


class TextTest(FunctionTestCase):
    def test_numbers(self):
        self.assertEqual(TEXT(1234.567, "#,##0.00"), "1,234.57")
        self.assertEqual(TEXT(0.285, "0.0%"), "28.5%")
        self.assertEqual(TEXT(7, "000"), "007")
        self.assertEqual(TEXT(-3.5, "0"), "-4")

    def test_dates(self):
        self.assertEqual(TEXT(45351, "yyyy-mm-dd"), "2024-02-29")
        self.assertEqual(TEXT(45351, "d.m.yy"), "29.2.24")

    def test_text_stays(self):
        self.assertEqual(TEXT("abc", "0.00"), "abc")

    def test_unknown_formats(self):
        self.assert_error("#VALUE!", TEXT, 5, "?")
