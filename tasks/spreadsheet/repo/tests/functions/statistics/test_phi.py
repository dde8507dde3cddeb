from sheet.functions.statistics.phi import PHI

from ...support import FunctionTestCase


class PhiTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(PHI(0.75), 0.30113743215480443)
        self.assert_close(PHI(0), 0.3989422804014327)

    def test_is_even(self):
        self.assert_close(PHI(-0.75), 0.30113743215480443)

    def test_text_that_is_no_number(self):
        self.assert_error("#VALUE!", PHI, "x")
