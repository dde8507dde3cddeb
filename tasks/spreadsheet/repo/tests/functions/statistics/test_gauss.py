from sheet.functions.statistics.gauss import GAUSS

from ...support import FunctionTestCase


class GaussTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(GAUSS(2), 0.4772498680518208)
        self.assertEqual(GAUSS(0), 0)

    def test_negative_numbers(self):
        self.assert_close(GAUSS(-2), -0.4772498680518208)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", GAUSS, "x")
