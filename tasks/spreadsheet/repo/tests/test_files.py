import tempfile
import unittest
from pathlib import Path

from sheet.files import load_csv, rows, save_csv, shown


class FilesTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "book.csv"
        self.path.write_text('name,amount\n"Smith, J",2.50\ntotal,=B2*2\nbad,=1/0\n', encoding="utf-8")

    def test_loads_values_and_formulas(self):
        book = load_csv(self.path)
        self.assertEqual(book.value("A2"), "Smith, J")
        self.assertEqual(book.value("B3"), 5)

    def test_shows_values(self):
        book = load_csv(self.path)
        self.assertEqual(shown(book, "B4"), "#DIV/0!")
        self.assertEqual(rows(book)[2], ["total", "5"])
        self.assertEqual(rows(book, formulas=True)[2], ["total", "=B2*2"])

    def test_saves_values_or_formulas(self):
        book = load_csv(self.path)
        save_csv(book, self.path)
        self.assertEqual(
            self.path.read_text(encoding="utf-8").splitlines()[1:3], ['"Smith, J",2.5', "total,5"]
        )
        save_csv(book, self.path, formulas=True)
        self.assertEqual(load_csv(self.path).value("B3"), 5)

    def test_a_byte_order_mark_is_dropped(self):
        self.path.write_text("7", encoding="utf-8-sig")
        self.assertEqual(load_csv(self.path).value("A1"), 7)
