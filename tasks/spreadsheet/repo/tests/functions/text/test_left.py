from sheet.functions.text.left import LEFT

from ...support import FunctionTestCase


class LeftTest(FunctionTestCase):
    def test_the_beginning(self):
        self.assertEqual(LEFT("Sale Price", 4), "Sale")
        self.assertEqual(LEFT("Sweden"), "S")

    def test_more_than_there_is(self):
        self.assertEqual(LEFT("ab", 9), "ab")

    def test_negative_counts(self):
        self.assert_error("#VALUE!", LEFT, "ab", -1)
