from sheet.core.errors import na_error
from sheet.functions.information.isnumber import ISNUMBER

from ...support import FunctionTestCase


class IsnumberTest(FunctionTestCase):
    def test_numbers(self):
        self.assertIs(ISNUMBER(0), True)
        self.assertIs(ISNUMBER(-2.5), True)

    def test_others(self):
        self.assertIs(ISNUMBER("5"), False)
        self.assertIs(ISNUMBER(True), False)
        self.assertIs(ISNUMBER(na_error()), False)
