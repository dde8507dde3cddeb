from sheet.functions.math.product import PRODUCT

from ...support import FunctionTestCase


class ProductTest(FunctionTestCase):
    def test_multiplies_numbers_only(self):
        self.assertEqual(PRODUCT([[5, 15], [30, "text"]]), 2250)
        self.assertEqual(PRODUCT(2, "3", True), 6)

    def test_nothing_to_multiply(self):
        self.assertEqual(PRODUCT([[None, "x"]]), 0)

    def test_text_given_directly(self):
        self.assert_error("#VALUE!", PRODUCT, "x")
