import unittest

from calc.checker import check
from calc.errors import CalcError
from calc.lexer import tokens
from calc.parser import parse


class CheckerTest(unittest.TestCase):
    def test_right(self) -> None:
        check(parse(tokens("let a = 1\nlet a = a + 1\nprint min(a, 2)")))

    def test_wrong(self) -> None:
        for text, words in (
            ("let a = a", "1:9: a has no value"),
            ("print 1 + -sin(2)", "1:12: there is no function sin"),
            ("print abs(max(1))", "1:11: max takes 2 arguments, not 1"),
        ):
            with self.assertRaises(CalcError) as caught:
                check(parse(tokens(text)))
            self.assertEqual(str(caught.exception), words)
