from sheet.functions.text.value import VALUE

from ...support import FunctionTestCase


class ValueTest(FunctionTestCase):
    def test_numbers(self):
        self.assertEqual(VALUE("1,000"), 1000)
        self.assertEqual(VALUE(" 25% "), 0.25)

    def test_dates_and_times(self):
        self.assertEqual(VALUE("2000-01-01"), 36526)
        self.assertEqual(VALUE("18:00"), 0.75)

    def test_anything_else(self):
        self.assert_error("#VALUE!", VALUE, "many")
        self.assert_error("#VALUE!", VALUE, True)
