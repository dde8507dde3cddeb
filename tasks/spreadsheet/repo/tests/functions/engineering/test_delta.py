from sheet.functions.engineering.delta import DELTA

from ...support import FunctionTestCase


class DeltaTest(FunctionTestCase):
    def test_equal_or_not(self):
        self.assertEqual(DELTA(5, 4), 0)
        self.assertEqual(DELTA(0.5, "0.5"), 1)
        self.assertEqual(DELTA(0), 1)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", DELTA, "x", 1)
