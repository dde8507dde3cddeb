from sheet.functions.math.combin import COMBIN

from ...support import FunctionTestCase


class CombinTest(FunctionTestCase):
    def test_counts(self):
        self.assertEqual(COMBIN(8, 2), 28)
        self.assertEqual(COMBIN(5.9, 5.1), 1)
        self.assertEqual(COMBIN(4, 0), 1)

    def test_too_many_or_too_few(self):
        self.assert_error("#NUM!", COMBIN, 3, 4)
        self.assert_error("#NUM!", COMBIN, 3, -1)
