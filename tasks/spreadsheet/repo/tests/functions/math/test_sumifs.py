from sheet.functions.math.sumifs import SUMIFS

from ...support import FunctionTestCase

AMOUNTS = [[5], [4], [15], [3]]
FRUITS = [["apple"], ["pear"], ["apple"], ["fig"]]
SELLERS = [[1], [1], [2], [1]]


class SumifsTest(FunctionTestCase):
    def test_one_and_several_criteria(self):
        self.assertEqual(SUMIFS(AMOUNTS, FRUITS, "apple"), 20)
        self.assertEqual(SUMIFS(AMOUNTS, FRUITS, "<>apple", SELLERS, 1), 7)
        self.assertEqual(SUMIFS(AMOUNTS, FRUITS, "plum"), 0)

    def test_a_criterion_is_missing(self):
        self.assert_error("#VALUE!", SUMIFS, AMOUNTS, FRUITS)
