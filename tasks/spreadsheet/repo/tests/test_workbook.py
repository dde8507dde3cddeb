from sheet.core.errors import CellError
from sheet.workbook import Workbook

from .support import FunctionTestCase


class WorkbookTest(FunctionTestCase):
    def setUp(self):
        self.book = Workbook()

    def test_kinds_of_entries(self):
        self.book.enter_all({"A1": "12", "A2": "TRUE", "A3": "text", "A4": "'12", "A5": "5%"})
        self.assertEqual(
            [self.book.value(f"A{row}") for row in range(1, 7)], [12, True, "text", "12", 0.05, None]
        )
        self.assertEqual(self.book.entry("A4"), "'12")
        self.assertEqual(self.book.entry("Z1"), "")

    def test_formulas_follow_their_cells(self):
        self.book.enter_all({"A3": "=A1+A2", "A1": "1", "A2": "2", "A4": "=A3*10"})
        self.assertEqual(self.book.value("A4"), 30)
        self.book.enter("A1", "5")
        self.assertEqual(self.book.value("A4"), 70)
        self.book.enter("A1", "")
        self.assertEqual(self.book.value("A4"), 20)

    def test_cycles(self):
        self.book.enter_all({"A1": "=B1", "B1": "=A1+1", "C1": "=B1", "D1": "=1+1"})
        self.assertEqual(self.book.value("C1"), CellError("#CYCLE!"))
        self.assertEqual(self.book.value("D1"), 2)
        self.book.enter("A1", "1")
        self.assertEqual(self.book.value("C1"), 2)

    def test_formulas_that_cannot_be_read(self):
        self.book.enter("A1", "=1+")
        self.assertEqual(self.book.value("A1"), CellError("#NAME?"))
        self.assertEqual(self.book.entry("A1"), "=1+")

    def test_size(self):
        self.assertEqual(self.book.size(), (0, 0))
        self.book.enter_all({"B7": "x", "D2": "y"})
        self.assertEqual(self.book.size(), (7, 4))

    def test_names_must_be_cells(self):
        self.assert_error("#REF!", self.book.enter, "nowhere", "1")
