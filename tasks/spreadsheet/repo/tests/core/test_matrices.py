from sheet.core.matrices import determinant, inverse, multiply, numeric_matrix

from ..support import FunctionTestCase


class MatricesTest(FunctionTestCase):
    def test_checks(self):
        self.assertEqual(numeric_matrix(5), [[5.0]])
        self.assertEqual(numeric_matrix([[1, 2]]), [[1.0, 2.0]])
        self.assert_error("#VALUE!", numeric_matrix, [[1, "2"]])
        self.assert_error("#VALUE!", numeric_matrix, [[1, None]])
        self.assert_error("#VALUE!", numeric_matrix, [[1, 2]], True)

    def test_product(self):
        self.assertEqual(multiply([[1, 2], [3, 4]], [[5], [6]]), [[17], [39]])
        self.assert_error("#VALUE!", multiply, [[1, 2]], [[1, 2]])

    def test_determinant(self):
        self.assert_close(determinant([[2, 1], [1, 3]]), 5)
        self.assert_close(determinant([[0, 1], [1, 0]]), -1)
        self.assertEqual(determinant([[1, 2], [2, 4]]), 0)

    def test_inverse(self):
        self.assert_close(inverse([[2, 1], [1, 1]]), [[1, -1], [-1, 2]])
        self.assert_close(inverse([[0, 2], [1, 0]]), [[0, 1], [0.5, 0]])
        self.assert_error("#NUM!", inverse, [[1, 2], [2, 4]])
