from sheet.functions.logical.and_ import AND

from ...support import FunctionTestCase


class AndTest(FunctionTestCase):
    def test_all_must_be_true(self):
        self.assertIs(AND(True, 1, [[True, 2]]), True)
        self.assertIs(AND(True, [[True, 0]]), False)

    def test_text_in_ranges_is_skipped(self):
        self.assertIs(AND([[True, "FALSE"]]), True)

    def test_nothing_to_judge(self):
        self.assert_error("#VALUE!", AND, [["x", None]])
        self.assert_error("#VALUE!", AND, "yes")
