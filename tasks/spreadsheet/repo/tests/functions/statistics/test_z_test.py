from sheet.functions.statistics.z_test import Z_TEST

from ...support import FunctionTestCase

DATA = [[3, 6, 7, 8, 6, 5, 4, 2, 1, 9]]


class ZTestTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(Z_TEST(DATA, 4), 0.090574, places=6)
        self.assertAlmostEqual(Z_TEST(DATA, 6), 0.863043, places=6)

    def test_the_mean_itself(self):
        self.assertEqual(Z_TEST([[1, 3]], 2, 5), 0.5)

    def test_nothing(self):
        self.assert_error("#N/A", Z_TEST, [["x"]], 1)
