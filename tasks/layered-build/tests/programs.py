"""Programs that the result has not seen, with what they print or the error that they end with."""

import sys

from calc.compiler import compiled
from calc.errors import CalcError
from calc.folding import folded
from calc.lexer import tokens
from calc.parser import parse
from calc.program import execute

PROGRAMS = {
    "": "",
    "# only a comment": "",
    ";;\n;": "",
    "print 1 - 2 - 3": "-4",
    "print 100 / 10 / 5": "2",
    "print 2 ^ 3 ^ 2": "512",
    "print -2 ^ 2; print (-2) ^ 2": "-4 4",
    "print 2 ^ -1": "0.5",
    "print --3": "3",
    "print 2*-3": "-6",
    "let x = 4\nlet y = x * x\nlet x = 1\nprint x + y": "17",
    "print min(max(1, 2), floor(3.9)) + abs(-1)": "3",
    "print 0.1 + 0.2; print 10 ^ 20; print 2 / 3": "0.3 1e+20 0.6666666667",
    "print -0; print 0 * -1": "0 0",
    "let _a1 = 2; print _a1": "2",
    "print 10 ^ 400": "error: the power has no value",
    "print 0 ^ -1": "error: the power has no value",
    "print sqrt(1 - 2)": "error: sqrt has no value here",
    "print 1 / (2 - 2)": "error: division by zero",
    "let a = 1\n\n  print a +": "error: 3:12: the line ends too soon",
    "print (1": "error: 1:9: the line ends too soon",
    "print 1)": "error: 1:8: ) is not expected here",
    "let = 2": "error: 1:5: = is not expected here",
    "let 2 = a": "error: 1:5: 2 is not expected here",
    "print abs()": "error: 1:7: abs takes 1 arguments, not 0",
    "print max(1, b)": "error: 1:14: b has no value",
    "print 1.": "error: 1:8: . is not known",
    "print 1 % 2": "error: 1:9: % is not known",
    "a": "error: 1:1: a is not expected here",
}


def outcome(text: str) -> str:
    """Return what a program prints, with blanks between, or its error."""
    try:
        return " ".join(execute(text))
    except CalcError as error:
        return f"error: {error}"


wrong = [f"{text!r}: {outcome(text)!r}, not {said!r}" for text, said in PROGRAMS.items() if outcome(text) != said]
if len(folded(compiled(parse(tokens("print 1 + 2 * 3 - -(4 - 5)"))))) != 2:
    wrong.append("what can be computed beforehand is not")
print("\n".join(wrong) if wrong else f"{len(PROGRAMS)} programs do what they should")
sys.exit(1 if wrong else 0)
