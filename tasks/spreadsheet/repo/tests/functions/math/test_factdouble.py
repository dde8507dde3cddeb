from sheet.functions.math.factdouble import FACTDOUBLE

from ...support import FunctionTestCase


class FactdoubleTest(FunctionTestCase):
    def test_takes_every_second_factor(self):
        self.assertEqual(FACTDOUBLE(6), 48)
        self.assertEqual(FACTDOUBLE(7), 105)

    def test_empty_products(self):
        self.assertEqual(FACTDOUBLE(0), 1)
        self.assertEqual(FACTDOUBLE(-1), 1)

    def test_below_the_domain(self):
        self.assert_error("#NUM!", FACTDOUBLE, -2)
