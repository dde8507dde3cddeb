from sheet.functions.statistics.f_test import F_TEST

from ...support import FunctionTestCase


class FTestTest(FunctionTestCase):
    def test_known_value(self):
        self.assertAlmostEqual(F_TEST([[6, 7, 9, 15, 21]], [[20, 28, 31, 38, 40]]), 0.64831785, places=8)

    def test_equal_variances(self):
        self.assert_close(F_TEST([[1, 2, 3]], [[4, 5, 6]]), 1)

    def test_no_variation(self):
        self.assert_error("#DIV/0!", F_TEST, [[1, 2]], [[3, 3]])
