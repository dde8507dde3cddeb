from sheet.functions.statistics.minifs import MINIFS

from ...support import FunctionTestCase


class MinifsTest(FunctionTestCase):
    def test_meets_the_criteria(self):
        self.assertEqual(MINIFS([[89], [93], [96]], [["a"], ["b"], ["a"]], "a"), 89)
        self.assertEqual(MINIFS([[10], [11]], [[5], [6]], ">=6"), 11)

    def test_nothing_meets_them(self):
        self.assertEqual(MINIFS([[1]], [["a"]], "b"), 0)
