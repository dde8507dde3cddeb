from sheet.core.errors import na_error, num_error
from sheet.functions.information.iserr import ISERR

from ...support import FunctionTestCase


class IserrTest(FunctionTestCase):
    def test_errors(self):
        self.assertIs(ISERR(num_error()), True)
        self.assertIs(ISERR(na_error()), False)

    def test_values(self):
        self.assertIs(ISERR("#NUM!"), False)
        self.assertIs(ISERR(0), False)
