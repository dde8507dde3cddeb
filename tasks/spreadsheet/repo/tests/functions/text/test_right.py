from sheet.functions.text.right import RIGHT

from ...support import FunctionTestCase


class RightTest(FunctionTestCase):
    def test_the_end(self):
        self.assertEqual(RIGHT("Sale Price", 5), "Price")
        self.assertEqual(RIGHT("Stock"), "k")

    def test_nothing_and_all(self):
        self.assertEqual(RIGHT("ab", 0), "")
        self.assertEqual(RIGHT("ab", 9), "ab")

    def test_negative_counts(self):
        self.assert_error("#VALUE!", RIGHT, "ab", -1)
