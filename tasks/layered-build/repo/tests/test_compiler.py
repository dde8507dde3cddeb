import unittest

from calc.compiler import Instruction, compiled
from calc.tree import Binary, Call, Let, Name, Negated, Number, Print


class CompilerTest(unittest.TestCase):
    def test_instructions(self) -> None:
        program = (Let("a", Number(2)), Print(Binary("-", Negated(Name("a")), Call("abs", (Number(3),)))))
        self.assertEqual(
            compiled(program),
            [
                Instruction("push", 2),
                Instruction("store", "a"),
                Instruction("load", "a"),
                Instruction("negate"),
                Instruction("push", 3),
                Instruction("call", "abs", 1),
                Instruction("binary", "-"),
                Instruction("print"),
            ],
        )
