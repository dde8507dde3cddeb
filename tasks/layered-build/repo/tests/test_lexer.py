import unittest

from calc.errors import CalcError
from calc.lexer import Token, tokens


class LexerTest(unittest.TestCase):
    def test_tokens(self) -> None:
        found = tokens("let a=1.5 # one\nprint a")
        self.assertEqual([each.text for each in found], ["let", "a", "=", "1.5", "\n", "print", "a", ""])
        self.assertEqual([each.kind for each in found], ["name", "name", "sign", "number", "end", "name", "name", "end"])
        self.assertEqual(found[5], Token("name", "print", "2:1"))

    def test_unknown(self) -> None:
        with self.assertRaisesRegex(CalcError, r"^1:7: \$ is not known$"):
            tokens("print $")
