from sheet.core.errors import num_error
from sheet.core.ranges import as_matrix, cells, is_number, numbers, numbers_and_text, pairs, shape, vector

from ..support import FunctionTestCase

MIXED = [[1, "5", True], [None, 2.5, "text"]]


class RangesTest(FunctionTestCase):
    def test_is_number(self):
        self.assertIs(is_number(1.5), True)
        self.assertIs(is_number(True), False)
        self.assertIs(is_number("1"), False)

    def test_as_matrix_and_shape(self):
        self.assertEqual(as_matrix(5), [[5]])
        self.assertEqual(as_matrix(MIXED), MIXED)
        self.assertEqual(shape(MIXED), (2, 3))
        self.assertEqual(shape([]), (0, 0))

    def test_cells_walk_row_by_row(self):
        self.assertEqual(list(cells(0, [[1, 2], [3, 4]])), [0, 1, 2, 3, 4])
        self.assertEqual(list(cells(num_error())), [num_error()])

    def test_vector(self):
        self.assertEqual(vector([[1], [2]]), [1, 2])
        self.assertEqual(vector([[1, 2]]), [1, 2])
        self.assert_error("#VALUE!", vector, [[1, 2], [3, 4]])

    def test_numbers_of_a_matrix_are_only_numbers(self):
        self.assertEqual(numbers(MIXED), [1, 2.5])

    def test_numbers_given_directly_are_coerced(self):
        self.assertEqual(numbers("5", True, 2), [5, 1, 2])
        self.assert_error("#VALUE!", numbers, "text")

    def test_numbers_raise_errors(self):
        self.assert_error("#NUM!", numbers, [[1, num_error()]])

    def test_numbers_and_text(self):
        self.assertEqual(numbers_and_text(MIXED), [1, 0, 1, 2.5, 0])

    def test_pairs(self):
        self.assertEqual(pairs([[1, 2, 3]], [[4, "x", 6]]), [(1, 4), (3, 6)])
        self.assertEqual(pairs([[1, 2]], [[4], [5]]), [(1, 4), (2, 5)])
        self.assert_error("#N/A", pairs, [[1, 2]], [[1]])
        self.assert_error("#NUM!", pairs, [[1, num_error()]], [[1, 2]])
