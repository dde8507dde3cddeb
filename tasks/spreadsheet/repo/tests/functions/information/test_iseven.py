from sheet.functions.information.iseven import ISEVEN

from ...support import FunctionTestCase


class IsevenTest(FunctionTestCase):
    def test_even_and_odd(self):
        self.assertIs(ISEVEN(2.5), True)
        self.assertIs(ISEVEN(-1), False)
        self.assertIs(ISEVEN(None), True)

    def test_other_kinds(self):
        self.assert_error("#VALUE!", ISEVEN, "x")
        self.assert_error("#VALUE!", ISEVEN, True)
