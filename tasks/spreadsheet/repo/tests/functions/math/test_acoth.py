from sheet.functions.math.acoth import ACOTH

from ...support import FunctionTestCase


class AcothTest(FunctionTestCase):
    def test_outside_and_inside_of_the_domain(self):
        self.assert_close(ACOTH(6), 0.16823611831060642)
        self.assert_close(ACOTH(-6), -0.16823611831060642)
        self.assert_error("#NUM!", ACOTH, 1)
        self.assert_error("#NUM!", ACOTH, 0)
