import unittest

from calc.compiler import Instruction, compiled
from calc.folding import folded
from calc.lexer import tokens
from calc.parser import parse


class FoldingTest(unittest.TestCase):
    def codes(self, text: str) -> list[str]:
        return [each.code for each in folded(compiled(parse(tokens(text))))]

    def test_folded(self) -> None:
        instructions = folded(compiled(parse(tokens("print 1 + 2 * -3"))))
        self.assertEqual(instructions, [Instruction("push", -5), Instruction("print")])

    def test_what_can_fail_stays(self) -> None:
        self.assertEqual(self.codes("print 1 / 0"), ["push", "push", "binary", "print"])
        self.assertEqual(self.codes("print 2 ^ (1 + 1)"), ["push", "push", "binary", "print"])

    def test_names_stay(self) -> None:
        self.assertEqual(self.codes("print a + 1 + 2"), ["load", "push", "binary", "push", "binary", "print"])
