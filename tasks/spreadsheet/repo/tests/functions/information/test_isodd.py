from sheet.functions.information.isodd import ISODD

from ...support import FunctionTestCase


class IsoddTest(FunctionTestCase):
    def test_odd_and_even(self):
        self.assertIs(ISODD(-3), True)
        self.assertIs(ISODD(5.9), True)
        self.assertIs(ISODD(4), False)

    def test_other_kinds(self):
        self.assert_error("#VALUE!", ISODD, "x")
        self.assert_error("#VALUE!", ISODD, False)
