import math

from sheet.functions.math.cos import COS

from ...support import FunctionTestCase


class CosTest(FunctionTestCase):
    def test_known_angles(self):
        self.assertEqual(COS(0), 1)
        self.assert_close(COS(math.pi / 3), 0.5)
        self.assertEqual(COS(math.pi), -1)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", COS, "pi")
