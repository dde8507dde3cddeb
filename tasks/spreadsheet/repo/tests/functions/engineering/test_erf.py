from sheet.functions.engineering.erf import ERF

from ...support import FunctionTestCase


class ErfTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(ERF(0.745), 0.7079289200957377)
        self.assert_close(ERF(1), 0.8427007929497149)

    def test_between_two_numbers(self):
        self.assert_close(ERF(-1, 1), 1.6854015858994298)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", ERF, "x")
