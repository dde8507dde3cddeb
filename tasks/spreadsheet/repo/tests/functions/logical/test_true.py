from sheet.functions.logical.true import TRUE

from ...support import FunctionTestCase


class TrueTest(FunctionTestCase):
    def test_is_true(self):
        self.assertIs(TRUE(), True)

    def test_takes_no_argument(self):
        with self.assertRaises(TypeError):
            TRUE(0)
