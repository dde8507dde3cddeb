from sheet.functions.logical.or_ import OR

from ...support import FunctionTestCase


class OrTest(FunctionTestCase):
    def test_one_is_enough(self):
        self.assertIs(OR(False, [[0, 3]]), True)
        self.assertIs(OR(False, 0), False)

    def test_text_in_ranges_is_skipped(self):
        self.assertIs(OR([[False, "TRUE"]]), False)

    def test_nothing_to_judge(self):
        self.assert_error("#VALUE!", OR, [[None]])
