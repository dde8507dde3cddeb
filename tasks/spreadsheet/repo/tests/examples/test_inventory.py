import unittest

from sheet.files import load_csv


class InventoryTest(unittest.TestCase):
    def setUp(self):
        self.book = load_csv("examples/inventory.csv")

    def test_values(self):
        self.assertEqual(
            [self.book.value(f"F{row}") for row in range(2, 8)], ["no", "no", "no", "yes", "no", "yes"]
        )
        self.assertAlmostEqual(self.book.value("E5"), 186)
        self.assertAlmostEqual(self.book.value("B9"), 885)
        self.assertAlmostEqual(self.book.value("B10"), 885)

    def test_conditional_sums(self):
        self.assertAlmostEqual(self.book.value("B11"), 124)
        self.assertAlmostEqual(self.book.value("B12"), 64)
        self.assertAlmostEqual(self.book.value("B20"), 326)
        self.assertEqual(self.book.value("B21"), "14.0%")

    def test_lookups(self):
        self.assertEqual(self.book.value("B13"), 3.5)
        self.assertEqual(self.book.value("B14"), "wood")
        self.assertEqual(self.book.value("B15"), "unknown")

    def test_lists(self):
        self.assertEqual(self.book.value("B16"), "chemistry/metal/wood")
        self.assertEqual(self.book.value("B17"), "Paint, Board")
        self.assertEqual(self.book.value("B18"), 21)
        self.assertEqual(self.book.value("B19"), 2)

    def test_follows_its_stock(self):
        self.book.enter("C7", "100")
        self.assertEqual(self.book.value("B17"), "Paint")
        self.assertAlmostEqual(self.book.value("B9"), 2985)
