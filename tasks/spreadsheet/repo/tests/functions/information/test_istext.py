from sheet.functions.information.istext import ISTEXT

from ...support import FunctionTestCase


class IstextTest(FunctionTestCase):
    def test_texts(self):
        self.assertIs(ISTEXT(""), True)
        self.assertIs(ISTEXT("5"), True)

    def test_others(self):
        self.assertIs(ISTEXT(5), False)
        self.assertIs(ISTEXT(None), False)
