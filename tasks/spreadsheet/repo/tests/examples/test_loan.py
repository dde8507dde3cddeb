import unittest

from sheet.files import load_csv, shown


class LoanTest(unittest.TestCase):
    def setUp(self):
        self.book = load_csv("examples/loan.csv")

    def test_payments(self):
        self.assertEqual(self.book.value("B5"), 240)
        self.assertEqual(shown(self.book, "B6"), "1265.3")
        self.assertAlmostEqual(self.book.value("B7"), 103672, places=2)

    def test_rates(self):
        self.assertAlmostEqual(self.book.value("B8"), 0.045939825, places=8)
        self.assertAlmostEqual(self.book.value("B13"), 0.045, places=5)

    def test_the_first_year_is_interest_and_principal(self):
        payment = self.book.value("B9") + self.book.value("B10")
        self.assertAlmostEqual(payment / 12, 1265.30, places=2)
        self.assertAlmostEqual(self.book.value("B11"), 750)

    def test_time(self):
        self.assertEqual(shown(self.book, "B14"), "15.5")
        self.assertEqual(shown(self.book, "B16"), "31.01.2044")
        self.assertEqual(self.book.value("B17"), 21)
        self.assertEqual(self.book.value("B18"), "Pay 1,265.30 a month until 2044")

    def test_follows_its_inputs(self):
        self.book.enter_all({"B1": "100000", "B2": "0%"})
        self.assertAlmostEqual(self.book.value("B6"), 416.67)
        self.assertAlmostEqual(self.book.value("B12"), 75000)
