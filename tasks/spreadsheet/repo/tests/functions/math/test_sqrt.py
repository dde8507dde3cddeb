from sheet.functions.math.sqrt import SQRT

from ...support import FunctionTestCase


class SqrtTest(FunctionTestCase):
    def test_roots(self):
        self.assertEqual(SQRT(16), 4)
        self.assert_close(SQRT(2), 1.4142135623730951)
        self.assertEqual(SQRT("0.25"), 0.5)

    def test_negative_numbers_have_none(self):
        self.assert_error("#NUM!", SQRT, -16)
