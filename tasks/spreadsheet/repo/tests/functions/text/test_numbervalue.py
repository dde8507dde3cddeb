from sheet.functions.text.numbervalue import NUMBERVALUE

from ...support import FunctionTestCase


class NumbervalueTest(FunctionTestCase):
    def test_other_marks(self):
        self.assertEqual(NUMBERVALUE("2.500,27", ",", "."), 2500.27)
        self.assertEqual(NUMBERVALUE("1 000"), 1000)

    def test_percent_signs(self):
        self.assert_close(NUMBERVALUE("3.5%"), 0.035)
        self.assert_close(NUMBERVALUE("9%%"), 0.0009)

    def test_empty_and_wrong(self):
        self.assertEqual(NUMBERVALUE(""), 0)
        self.assert_error("#VALUE!", NUMBERVALUE, "1.2.3")
        self.assert_error("#VALUE!", NUMBERVALUE, "1.2,3")
