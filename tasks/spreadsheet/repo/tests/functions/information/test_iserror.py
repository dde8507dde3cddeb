from sheet.core.errors import na_error, num_error
from sheet.functions.information.iserror import ISERROR

from ...support import FunctionTestCase


class IserrorTest(FunctionTestCase):
    def test_errors(self):
        self.assertIs(ISERROR(na_error()), True)
        self.assertIs(ISERROR(num_error()), True)

    def test_values(self):
        self.assertIs(ISERROR("#N/A"), False)
        self.assertIs(ISERROR(None), False)
