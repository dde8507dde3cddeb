from sheet.functions.logical.not_ import NOT

from ...support import FunctionTestCase


class NotTest(FunctionTestCase):
    def test_turns_truth_around(self):
        self.assertIs(NOT(True), False)
        self.assertIs(NOT(0), True)
        self.assertIs(NOT("false"), True)

    def test_other_text(self):
        self.assert_error("#VALUE!", NOT, "no")
