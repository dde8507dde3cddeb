import math

from sheet.functions.math.asin import ASIN

from ...support import FunctionTestCase


class AsinTest(FunctionTestCase):
    def test_known_angles(self):
        self.assert_close(ASIN(1), math.pi / 2)
        self.assert_close(ASIN(-0.5), -math.pi / 6)
        self.assertEqual(ASIN(0), 0)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", ASIN, -2)
