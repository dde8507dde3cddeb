from sheet.functions.text.clean import CLEAN

from ...support import FunctionTestCase


class CleanTest(FunctionTestCase):
    def test_removes_control_characters(self):
        self.assertEqual(CLEAN("\tMonthly\nreport\x07"), "Monthlyreport")

    def test_keeps_the_rest(self):
        self.assertEqual(CLEAN(" caf\u00e9 "), " caf\u00e9 ")
        self.assertEqual(CLEAN(12), "12")
