from sheet.functions.text.mid import MID

from ...support import FunctionTestCase


class MidTest(FunctionTestCase):
    def test_the_middle(self):
        self.assertEqual(MID("Fluid Flow", 1, 5), "Fluid")
        self.assertEqual(MID("Fluid Flow", 7, 20), "Flow")

    def test_beyond_the_end(self):
        self.assertEqual(MID("abc", 20, 5), "")

    def test_impossible_places(self):
        self.assert_error("#VALUE!", MID, "abc", 0, 1)
