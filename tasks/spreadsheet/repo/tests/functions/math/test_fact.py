from sheet.functions.math.fact import FACT

from ...support import FunctionTestCase


class FactTest(FunctionTestCase):
    def test_multiplies(self):
        self.assertEqual(FACT(5), 120)
        self.assertEqual(FACT(1.9), 1)
        self.assertEqual(FACT(0), 1)

    def test_out_of_range(self):
        self.assert_error("#NUM!", FACT, -1)
        self.assert_error("#NUM!", FACT, 171)
