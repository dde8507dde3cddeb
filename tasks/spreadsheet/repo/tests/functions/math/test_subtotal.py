from sheet.functions.math.subtotal import SUBTOTAL

from ...support import FunctionTestCase

DATA = [[120], [10], ["x"], [23], [None]]


class SubtotalTest(FunctionTestCase):
    def test_every_operation(self):
        self.assertEqual(SUBTOTAL(1, DATA), 51)
        self.assertEqual(SUBTOTAL(2, DATA), 3)
        self.assertEqual(SUBTOTAL(3, DATA), 4)
        self.assertEqual(SUBTOTAL(4, DATA), 120)
        self.assertEqual(SUBTOTAL(5, DATA), 10)
        self.assertEqual(SUBTOTAL(6, DATA), 27600)
        self.assertEqual(SUBTOTAL(9, DATA), 153)

    def test_nothing_to_summarise(self):
        self.assert_error("#DIV/0!", SUBTOTAL, 1, [[None]])
        self.assertEqual(SUBTOTAL(6, [[None]]), 0)

    def test_unknown_operation(self):
        self.assert_error("#VALUE!", SUBTOTAL, 12, DATA)
