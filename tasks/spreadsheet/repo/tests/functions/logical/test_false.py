from sheet.functions.logical.false import FALSE

from ...support import FunctionTestCase


class FalseTest(FunctionTestCase):
    def test_is_false(self):
        self.assertIs(FALSE(), False)

    def test_takes_no_argument(self):
        with self.assertRaises(TypeError):
            FALSE(0)
