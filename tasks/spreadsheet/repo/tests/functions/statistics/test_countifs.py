from sheet.functions.statistics.countifs import COUNTIFS

from ...support import FunctionTestCase


class CountifsTest(FunctionTestCase):
    def test_all_must_be_met(self):
        self.assertEqual(COUNTIFS([[1], [2], [3]], ">1", [["a"], ["b"], ["a"]], "a"), 1)
        self.assertEqual(COUNTIFS([[1], [2]], ">0"), 2)

    def test_wrong_arguments(self):
        self.assert_error("#VALUE!", COUNTIFS, [[1]])
        self.assert_error("#VALUE!", COUNTIFS, [[1], [2]], 1, [[1]], 1)
