from sheet.functions.text.rept import REPT

from ...support import FunctionTestCase


class ReptTest(FunctionTestCase):
    def test_repeats(self):
        self.assertEqual(REPT("*-", 3), "*-*-*-")
        self.assertEqual(REPT("ab", 0), "")

    def test_too_often(self):
        self.assert_error("#VALUE!", REPT, "ab", 20000)
        self.assert_error("#VALUE!", REPT, "ab", -1)
