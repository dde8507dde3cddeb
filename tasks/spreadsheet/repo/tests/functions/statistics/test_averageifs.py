from sheet.functions.statistics.averageifs import AVERAGEIFS

from ...support import FunctionTestCase

GRADES = [[75], [94], [86], ["ill"]]


class AverageifsTest(FunctionTestCase):
    def test_several_criteria(self):
        self.assertEqual(AVERAGEIFS(GRADES, GRADES, ">70", GRADES, "<90"), 80.5)

    def test_nothing_meets_them(self):
        self.assert_error("#DIV/0!", AVERAGEIFS, GRADES, GRADES, ">95")

    def test_sizes_that_differ(self):
        self.assert_error("#VALUE!", AVERAGEIFS, GRADES, [[1]], 1)
