from sheet.functions.finance.cumipmt import CUMIPMT

from ...support import FunctionTestCase


class CumipmtTest(FunctionTestCase):
    def test_known_values(self):
        self.assertAlmostEqual(CUMIPMT(0.0075, 360, 125000, 13, 24, 0), -11135.23213075, places=7)
        self.assert_close(CUMIPMT(0.0075, 360, 125000, 1, 1, 0), -937.5)

    def test_nothing_is_due_at_the_first_moment(self):
        self.assertEqual(CUMIPMT(0.01, 12, 1000, 1, 1, 1), 0)

    def test_impossible_loans(self):
        self.assert_error("#NUM!", CUMIPMT, 0.01, 12, 1000, 5, 3, 0)
        self.assert_error("#NUM!", CUMIPMT, 0, 12, 1000, 1, 2, 0)
