from sheet.functions.statistics.t_test import T_TEST

from ...support import FunctionTestCase

FIRST = [[3, 4, 5, 8, 9, 1, 2, 4, 5]]
SECOND = [[6, 19, 3, 2, 14, 4, 5, 17, 1]]


class TTestTest(FunctionTestCase):
    def test_every_kind(self):
        self.assertAlmostEqual(T_TEST(FIRST, SECOND, 2, 1), 0.196016, places=6)
        self.assertAlmostEqual(T_TEST(FIRST, SECOND, 1, 1), 0.098008, places=6)
        self.assertAlmostEqual(T_TEST(FIRST, SECOND, 2, 2), 0.191996, places=6)
        self.assertAlmostEqual(T_TEST(FIRST, SECOND, 2, 3), 0.202294, places=6)

    def test_wrong_choices(self):
        self.assert_error("#NUM!", T_TEST, FIRST, SECOND, 3, 1)
        self.assert_error("#N/A", T_TEST, FIRST, [[1, 2]], 2, 1)
