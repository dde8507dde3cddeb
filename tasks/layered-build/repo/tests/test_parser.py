import unittest

from calc.errors import CalcError
from calc.lexer import tokens
from calc.parser import parse
from calc.tree import Binary, Call, Let, Name, Negated, Number, Print


class ParserTest(unittest.TestCase):
    def test_precedence(self) -> None:
        (printed,) = parse(tokens("print 1 + 2 * 3 - 4"))
        product = Binary("*", Number(2), Number(3))
        self.assertEqual(printed, Print(Binary("-", Binary("+", Number(1), product), Number(4))))

    def test_powers(self) -> None:
        (printed,) = parse(tokens("print -2^3^-1"))
        power = Binary("^", Number(2), Binary("^", Number(3), Negated(Number(1))))
        self.assertEqual(printed, Print(Negated(power)))

    def test_statements(self) -> None:
        program = parse(tokens("\nlet a = (1);; print max(a, 2)\n"))
        self.assertEqual(program, (Let("a", Number(1)), Print(Call("max", (Name("a", "2:25"), Number(2)), "2:21"))))

    def test_wrong(self) -> None:
        for text, words in (
            ("print", "1:6: the line ends too soon"),
            ("print 1 2", "1:9: 2 is not expected here"),
            ("1", "1:1: 1 is not expected here"),
            ("print (1\n)", "1:9: the line ends too soon"),
        ):
            with self.assertRaises(CalcError) as caught:
                parse(tokens(text))
            self.assertEqual(str(caught.exception), words)
