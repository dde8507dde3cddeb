from sheet.functions.math.abs import ABS

from ...support import FunctionTestCase


class AbsTest(FunctionTestCase):
    def test_drops_the_sign(self):
        self.assertEqual(ABS(-3.5), 3.5)
        self.assertEqual(ABS(3), 3)

    def test_reads_text_and_truth_values(self):
        self.assertEqual(ABS("-7"), 7)
        self.assertEqual(ABS(True), 1)

    def test_refuses_other_text(self):
        self.assert_error("#VALUE!", ABS, "seven")
