from sheet.functions.math.mdeterm import MDETERM

from ...support import FunctionTestCase


class MdetermTest(FunctionTestCase):
    def test_small_matrices(self):
        self.assert_close(MDETERM([[3, 6], [1, 1]]), -3)
        self.assert_close(MDETERM([[1, 3, 8, 5], [1, 3, 6, 1], [1, 1, 1, 0], [7, 3, 10, 2]]), 88)
        self.assertEqual(MDETERM(7), 7)

    def test_refuses_other_matrices(self):
        self.assert_error("#VALUE!", MDETERM, [[1, 2]])
        self.assert_error("#VALUE!", MDETERM, [[1, "a"], [2, 3]])
