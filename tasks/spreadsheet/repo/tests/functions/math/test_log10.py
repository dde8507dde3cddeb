from sheet.functions.math.log10 import LOG10

from ...support import FunctionTestCase


class Log10Test(FunctionTestCase):
    def test_powers_of_ten_are_exact(self):
        self.assertEqual(LOG10(1000), 3)
        self.assertEqual(LOG10(0.001), -3)
        self.assertEqual(LOG10("1E5"), 5)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", LOG10, 0)
