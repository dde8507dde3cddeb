from sheet.functions.math.sumproduct import SUMPRODUCT

from ...support import FunctionTestCase


class SumproductTest(FunctionTestCase):
    def test_multiplies_and_adds(self):
        self.assertEqual(SUMPRODUCT([[3, 4], [8, 6]], [[2, 7], [6, 7]]), 124)
        self.assertEqual(SUMPRODUCT([[1, 2, 3]]), 6)

    def test_text_counts_as_zero(self):
        self.assertEqual(SUMPRODUCT([[3, "x"]], [[2, 5]]), 6)

    def test_shapes_that_differ(self):
        self.assert_error("#VALUE!", SUMPRODUCT, [[1, 2]], [[1], [2]])
