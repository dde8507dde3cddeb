import unittest

from calc.compiler import Instruction
from calc.errors import CalcError
from calc.machine import run


class MachineTest(unittest.TestCase):
    def test_run(self) -> None:
        program = [
            Instruction("push", 7),
            Instruction("store", "a"),
            Instruction("load", "a"),
            Instruction("push", 2),
            Instruction("binary", "/"),
            Instruction("push", 1),
            Instruction("call", "max", 2),
            Instruction("negate"),
            Instruction("print"),
        ]
        self.assertEqual(run(program), ["-3.5"])

    def test_no_value(self) -> None:
        for left, sign, right, words in (
            (1, "/", 0, "division by zero"),
            (-8, "^", 0.5, "the power has no value"),
            (10, "^", 999, "the power has no value"),
        ):
            with self.assertRaisesRegex(CalcError, f"^{words}$"):
                run([Instruction("push", left), Instruction("push", right), Instruction("binary", sign)])
