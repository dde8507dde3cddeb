from sheet.functions.math.base import BASE

from ...support import FunctionTestCase


class BaseTest(FunctionTestCase):
    def test_writes_digits_and_letters(self):
        self.assertEqual(BASE(7, 2), "111")
        self.assertEqual(BASE(100.9, 16), "64")
        self.assertEqual(BASE(35, 36), "Z")

    def test_fills_up_with_zeros(self):
        self.assertEqual(BASE(15, 2, 10), "0000001111")

    def test_refuses_strange_radixes(self):
        self.assert_error("#NUM!", BASE, 7, 1)
        self.assert_error("#NUM!", BASE, -7, 2)
