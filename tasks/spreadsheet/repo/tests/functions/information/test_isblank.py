from sheet.core.errors import na_error
from sheet.functions.information.isblank import ISBLANK

from ...support import FunctionTestCase


class IsblankTest(FunctionTestCase):
    def test_blank(self):
        self.assertIs(ISBLANK(None), True)

    def test_everything_else(self):
        self.assertIs(ISBLANK(""), False)
        self.assertIs(ISBLANK(0), False)
        self.assertIs(ISBLANK(na_error()), False)
