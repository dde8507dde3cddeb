from sheet.core.errors import na_error
from sheet.functions.information.isnontext import ISNONTEXT

from ...support import FunctionTestCase


class IsnontextTest(FunctionTestCase):
    def test_what_is_no_text(self):
        self.assertIs(ISNONTEXT(5), True)
        self.assertIs(ISNONTEXT(None), True)
        self.assertIs(ISNONTEXT(na_error()), True)

    def test_text(self):
        self.assertIs(ISNONTEXT("a"), False)
