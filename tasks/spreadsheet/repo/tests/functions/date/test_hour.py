from sheet.functions.date.hour import HOUR

from ...support import FunctionTestCase


class HourTest(FunctionTestCase):
    def test_hours(self):
        self.assertEqual(HOUR(0.75), 18)
        self.assertEqual(HOUR(45351.25), 6)

    def test_midnight(self):
        self.assertEqual(HOUR(40000), 0)
        self.assertEqual(HOUR(0.9999999), 0)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", HOUR, "noon")
