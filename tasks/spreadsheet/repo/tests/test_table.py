import unittest

from sheet.table import render_table
from sheet.workbook import Workbook


class TableTest(unittest.TestCase):
    def setUp(self):
        self.book = Workbook()

    def test_numbers_on_the_right(self):
        self.book.enter_all({"A1": "apples", "B1": "5", "A2": "kiwi", "B2": "=B1*20"})
        self.assertEqual(render_table(self.book), "     A      B\n1  apples    5\n2  kiwi    100")

    def test_long_texts_are_cut(self):
        self.book.enter("A1", "x" * 40)
        self.assertEqual(render_table(self.book, widest=5).splitlines()[1], "1  xxxx~")

    def test_errors_and_truth_values_are_text(self):
        self.book.enter_all({"A1": "=1/0", "A2": "TRUE", "A3": "'1234567890"})
        self.assertEqual(render_table(self.book).splitlines()[1:3], ["1  #DIV/0!", "2  TRUE"])

    def test_nothing(self):
        self.assertEqual(render_table(self.book), "(empty)")
