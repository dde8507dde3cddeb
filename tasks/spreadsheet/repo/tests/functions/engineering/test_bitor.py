from sheet.functions.engineering.bitor import BITOR

from ...support import FunctionTestCase


class BitorTest(FunctionTestCase):
    def test_bits_of_both(self):
        self.assertEqual(BITOR(23, 10), 31)
        self.assertEqual(BITOR(0, 0), 0)

    def test_impossible_numbers(self):
        self.assert_error("#NUM!", BITOR, 2**48, 1)
        self.assert_error("#VALUE!", BITOR, "x", 1)
