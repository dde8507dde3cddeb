from sheet.functions.information.islogical import ISLOGICAL

from ...support import FunctionTestCase


class IslogicalTest(FunctionTestCase):
    def test_truth_values(self):
        self.assertIs(ISLOGICAL(True), True)
        self.assertIs(ISLOGICAL(False), True)

    def test_others(self):
        self.assertIs(ISLOGICAL(1), False)
        self.assertIs(ISLOGICAL("TRUE"), False)
