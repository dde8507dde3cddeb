import unittest

from sheet.files import load_csv


class GradebookTest(unittest.TestCase):
    def setUp(self):
        self.book = load_csv("examples/gradebook.csv")

    def column(self, letter):
        return [self.book.value(f"{letter}{row}") for row in range(2, 10)]

    def test_means_ranks_and_grades(self):
        self.assertEqual(self.column("D"), [89.5, 68.5, 64.5, 87, 48.5, 77, 68, 97])
        self.assertEqual(self.column("E"), [2, 5, 7, 3, 8, 4, 6, 1])
        self.assertEqual(self.column("F"), ["B", "D", "D", "B", "F", "C", "D", "A"])

    def test_best_students(self):
        self.assertEqual(self.book.value("B11"), 97)
        self.assertEqual(self.book.value("B12"), "Hana")
        self.assertEqual(self.book.value("B20"), "Hana, Ada, Dan")

    def test_statistics(self):
        self.assertEqual(self.book.value("B13"), 72.75)
        self.assertEqual(self.book.value("B14"), 15.79)
        self.assertEqual(self.book.value("B15"), 87.625)
        self.assertEqual(self.book.value("B16"), 0.9323)

    def test_counts(self):
        self.assertEqual(self.book.value("B17"), 7)
        self.assertAlmostEqual(self.book.value("B18"), 551.5 / 7)
        self.assertEqual(self.book.value("B19"), 1)

    def test_follows_its_marks(self):
        self.book.enter_all({"B6": "100", "C6": "100"})
        self.assertEqual(self.book.value("B12"), "Eve")
        self.assertEqual(self.book.value("E9"), 2)
