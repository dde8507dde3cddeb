import unittest

from calc.errors import CalcError
from calc.program import execute


class ProgramTest(unittest.TestCase):
    def test_program(self) -> None:
        self.assertEqual(execute("let r = 2; print r * 3.5 ^ 2 # an area\nprint max(r, sqrt(9))"), ["24.5", "3"])

    def test_checked_before_it_runs(self) -> None:
        with self.assertRaisesRegex(CalcError, "^2:7: b has no value$"):
            execute("print 1 / 0\nprint b")
