import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from sheet.cli import main


def run(*arguments):
    output, errors = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
        code = main([str(argument) for argument in arguments])
    return code, output.getvalue(), errors.getvalue()


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "book.csv"
        self.path.write_text("1,=A1*2\n=B1/0,text\n", encoding="utf-8")

    def test_shows_a_table(self):
        code, output, _ = run(self.path)
        self.assertEqual(code, 0)
        self.assertIn("1        1     2", output)

    def test_prints_cells(self):
        self.assertEqual(run(self.path, "--cell", "B1", "--cell", "B2"), (0, "2\ntext\n", ""))
        self.assertEqual(run(self.path, "--cell", "A2")[:2], (1, "#DIV/0!\n"))

    def test_changes_cells_first(self):
        self.assertEqual(run(self.path, "--set", "A1=21", "--cell", "B1")[1], "42\n")
        self.assertEqual(run(self.path, "--set", "C1==A1=1", "--cell", "C1")[1], "TRUE\n")

    def test_writes_files(self):
        target = self.path.with_name("out.csv")
        run(self.path, "--output", target, "--cell", "A1")
        self.assertEqual(target.read_text(encoding="utf-8"), "1,2\n#DIV/0!,text\n")
        run(self.path, "--output", target, "--formulas", "--cell", "A1")
        self.assertEqual(target.read_text(encoding="utf-8"), self.path.read_text(encoding="utf-8"))

    def test_wrong_calls(self):
        code, _, errors = run(self.path.with_name("missing.csv"))
        self.assertEqual(code, 2)
        self.assertIn("missing.csv", errors)
        self.assertEqual(run(self.path, "--cell", "nowhere")[0], 2)
