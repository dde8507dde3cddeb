from sheet.functions.text.proper import PROPER

from ...support import FunctionTestCase


class ProperTest(FunctionTestCase):
    def test_capitalises_words(self):
        self.assertEqual(PROPER("this is a TITLE"), "This Is A Title")
        self.assertEqual(PROPER("2-way street"), "2-Way Street")
        self.assertEqual(PROPER("76BudGet"), "76Budget")

    def test_other_values(self):
        self.assertEqual(PROPER(None), "")
