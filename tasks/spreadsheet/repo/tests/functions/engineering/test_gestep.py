from sheet.functions.engineering.gestep import GESTEP

from ...support import FunctionTestCase


class GestepTest(FunctionTestCase):
    def test_reaches_the_step(self):
        self.assertEqual(GESTEP(5, 4), 1)
        self.assertEqual(GESTEP(4, 4), 1)
        self.assertEqual(GESTEP(-4, -5), 1)

    def test_stays_below(self):
        self.assertEqual(GESTEP(-1), 0)
        self.assert_error("#VALUE!", GESTEP, "x", 1)
