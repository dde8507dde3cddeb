from sheet.core.errors import CellError
from sheet.formula.evaluator import evaluate, evaluate_formula
from sheet.formula.parser import parse
from sheet.formula.references import parse_reference

from ..support import FunctionTestCase

CELLS = {"A1": 1, "A2": 2, "A3": "x", "B1": 10, "B2": 20, "C1": CellError("#N/A")}
VALUES = {parse_reference(name): value for name, value in CELLS.items()}


def value(formula):
    return evaluate_formula(formula, VALUES.get)


class EvaluatorTest(FunctionTestCase):
    def test_operators_and_cells(self):
        self.assertEqual(value("1+2*A2"), 5)
        self.assertEqual(value("-2^2"), 4)
        self.assertEqual(value('A3&"y"'), "xy")
        self.assertEqual(value("Z99"), 0)

    def test_functions(self):
        self.assertEqual(value("sum(A1:B2, 5)"), 38)
        self.assertEqual(value("STDEV.P(A1:A2)"), 0.5)
        self.assertEqual(value('IF(A1=1,"one","other")'), "one")

    def test_ranges_in_operators(self):
        self.assertEqual(value("SUMPRODUCT((A1:A2>1)*B1:B2)"), 20)
        self.assertEqual(evaluate(parse("A1:A2*2"), VALUES.get), [[2], [4]])

    def test_errors_reach_only_what_reads_them(self):
        self.assertEqual(value("C1+1"), CellError("#N/A"))
        self.assertEqual(value("IFERROR(C1, 7)"), 7)
        self.assertEqual(value("IF(TRUE, 1, C1)"), 1)
        self.assertEqual(value("SUM(A1:C1)"), CellError("#N/A"))

    def test_wrong_calls(self):
        self.assertEqual(value("NOSUCH(1)"), CellError("#NAME?"))
        self.assertEqual(value("ABS(1,2)"), CellError("#VALUE!"))
        self.assertEqual(value("1+"), CellError("#NAME?"))

    def test_the_first_cell_of_a_matrix_counts(self):
        self.assertEqual(value("B1:B2"), 10)
        self.assert_error("#N/A", evaluate, parse("C1"), VALUES.get)
