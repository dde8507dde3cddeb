from sheet.functions.date.second import SECOND

from ...support import FunctionTestCase


class SecondTest(FunctionTestCase):
    def test_seconds(self):
        self.assertEqual(SECOND(0.7000115740740741), 1)
        self.assertEqual(SECOND(0.200208333333333), 18)

    def test_full_minutes(self):
        self.assertEqual(SECOND(0.5), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", SECOND, "x")
