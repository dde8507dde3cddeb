from sheet.functions.logical.xor import XOR

from ...support import FunctionTestCase


class XorTest(FunctionTestCase):
    def test_counts_what_is_true(self):
        self.assertIs(XOR(True, False), True)
        self.assertIs(XOR(True, True), False)
        self.assertIs(XOR([[1, 1], [5, "x"]]), True)

    def test_nothing_to_judge(self):
        self.assert_error("#VALUE!", XOR, [["x"]])
