from sheet.formula.tokens import Token, tokenize

from ..support import FunctionTestCase


def kinds(formula):
    return [(token.kind, token.text) for token in tokenize(formula)[:-1]]


class TokensTest(FunctionTestCase):
    def test_numbers_and_operators(self):
        self.assertEqual(
            kinds("1.5e3<=.5%"),
            [("number", "1.5e3"), ("operator", "<="), ("number", ".5"), ("operator", "%")],
        )

    def test_texts(self):
        self.assertEqual(kinds('"say ""hi"""'), [("text", 'say "hi"')])
        self.assertEqual(kinds('""'), [("text", "")])

    def test_cells_names_and_functions(self):
        self.assertEqual(kinds("$A$1"), [("cell", "$A$1")])
        self.assertEqual(kinds("LOG10(B2)")[0], ("name", "LOG10"))
        self.assertEqual(kinds("STDEV.P(1)")[0], ("name", "STDEV.P"))

    def test_errors_are_values(self):
        self.assertEqual(kinds("#DIV/0!"), [("error", "#DIV/0!")])

    def test_positions_and_the_end(self):
        self.assertEqual(tokenize(" 1 + A1 ")[1], Token("operator", "+", 3))
        self.assertEqual(tokenize("")[-1], Token("end", "", 0))

    def test_unknown_characters(self):
        self.assert_error("#NAME?", tokenize, "1 ? 2")
        self.assert_error("#NAME?", tokenize, '"open')
