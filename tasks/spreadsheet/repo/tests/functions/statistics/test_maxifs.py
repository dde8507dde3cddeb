from sheet.functions.statistics.maxifs import MAXIFS

from ...support import FunctionTestCase


class MaxifsTest(FunctionTestCase):
    def test_meets_the_criteria(self):
        self.assertEqual(MAXIFS([[89], [93], [96]], [["a"], ["b"], ["a"]], "a"), 96)
        self.assertEqual(MAXIFS([[89], [93], [96]], [[1], [2], [3]], "<3"), 93)

    def test_nothing_meets_them(self):
        self.assertEqual(MAXIFS([[1]], [["a"]], "b"), 0)

    def test_a_criterion_is_missing(self):
        self.assert_error("#VALUE!", MAXIFS, [[1]], [["a"]])
