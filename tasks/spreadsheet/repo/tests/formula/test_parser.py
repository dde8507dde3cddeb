from sheet.core.errors import CellError
from sheet.formula.nodes import Binary, Call, CellNode, Literal, RangeNode, Unary
from sheet.formula.parser import parse
from sheet.formula.references import Reference

from ..support import FunctionTestCase

A1, B2 = Reference(1, 1), Reference(2, 2)


class ParserTest(FunctionTestCase):
    def test_values(self):
        self.assertEqual(parse("12"), Literal(12))
        self.assertEqual(parse("1.5"), Literal(1.5))
        self.assertEqual(parse('"a"'), Literal("a"))
        self.assertEqual(parse("true"), Literal(True))
        self.assertEqual(parse("#N/A"), Literal(CellError("#N/A")))

    def test_strong_operators_first(self):
        self.assertEqual(parse("1+2*3"), Binary("+", Literal(1), Binary("*", Literal(2), Literal(3))))
        self.assertEqual(parse("(1+2)*3"), Binary("*", Binary("+", Literal(1), Literal(2)), Literal(3)))
        self.assertEqual(parse("1&2=3"), Binary("=", Binary("&", Literal(1), Literal(2)), Literal(3)))

    def test_equal_operators_from_the_left(self):
        self.assertEqual(parse("1-2-3"), Binary("-", Binary("-", Literal(1), Literal(2)), Literal(3)))
        self.assertEqual(parse("2^3^2"), Binary("^", Binary("^", Literal(2), Literal(3)), Literal(2)))

    def test_signs_are_stronger_than_powers(self):
        self.assertEqual(parse("-2^2"), Binary("^", Unary("-", Literal(2)), Literal(2)))
        self.assertEqual(parse("5%"), Unary("%", Literal(5)))
        self.assertEqual(parse("--1"), Unary("-", Unary("-", Literal(1))))

    def test_cells_and_ranges(self):
        self.assertEqual(parse("$a$1"), CellNode(A1))
        self.assertEqual(parse("A1:B2"), RangeNode(A1, B2))

    def test_calls(self):
        self.assertEqual(parse("pi()"), Call("PI", ()))
        self.assertEqual(parse("Sum(A1, 2)"), Call("SUM", (CellNode(A1), Literal(2))))
        self.assertEqual(parse("IF(1,,2)"), Call("IF", (Literal(1), Literal(None), Literal(2))))

    def test_what_cannot_be_read(self):
        for formula in ("", "1+", "(1", "1 2", "SUM(1", "A1:", "nonsense", ")", "1,2", "*1"):
            self.assert_error("#NAME?", parse, formula)

    def test_depth_is_limited(self):
        self.assertEqual(parse("(" * 50 + "1" + ")" * 50), Literal(1))
        self.assert_error("#NAME?", parse, "(" * 5000 + "1" + ")" * 5000)
        self.assert_error("#NAME?", parse, "-" * 5000 + "1")
