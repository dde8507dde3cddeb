import math

from sheet.functions.math.acos import ACOS

from ...support import FunctionTestCase


class AcosTest(FunctionTestCase):
    def test_known_angles(self):
        self.assertEqual(ACOS(1), 0)
        self.assert_close(ACOS(-1), math.pi)
        self.assert_close(ACOS(0.5), math.pi / 3)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", ACOS, 1.01)
