import math

from sheet.functions.math.sec import SEC

from ...support import FunctionTestCase


class SecTest(FunctionTestCase):
    def test_known_angles(self):
        self.assertEqual(SEC(0), 1)
        self.assert_close(SEC(math.pi / 3), 2)
        self.assertEqual(SEC(math.pi), -1)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", SEC, "x")
