from sheet.core.errors import na_error, num_error
from sheet.functions.information.isna import ISNA

from ...support import FunctionTestCase


class IsnaTest(FunctionTestCase):
    def test_not_found(self):
        self.assertIs(ISNA(na_error()), True)

    def test_other_errors_and_values(self):
        self.assertIs(ISNA(num_error()), False)
        self.assertIs(ISNA("#N/A"), False)
