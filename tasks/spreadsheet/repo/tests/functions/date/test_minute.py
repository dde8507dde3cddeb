from sheet.functions.date.minute import MINUTE

from ...support import FunctionTestCase


class MinuteTest(FunctionTestCase):
    def test_minutes(self):
        self.assertEqual(MINUTE(0.53125), 45)
        self.assertEqual(MINUTE(0.78), 43)

    def test_full_hours(self):
        self.assertEqual(MINUTE(0.5), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", MINUTE, "x")
