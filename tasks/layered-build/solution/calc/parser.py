"""From tokens to a tree."""

from calc.errors import CalcError
from calc.lexer import Token
from calc.tree import Binary, Call, Expression, Let, Name, Negated, Number, Print, Statement


def parse(tokens: list[Token]) -> tuple[Statement, ...]:
    """Return the statements: ``let NAME = EXPRESSION`` or ``print EXPRESSION``, each up to an ``end``; empty ones are none.

    ``^`` binds closest and from the right, then the minus in front (``-2^2`` is -4), then ``*`` and ``/``, then ``+`` and
    ``-``, both from the left. Parentheses group; ``NAME(EXPRESSION, ...)`` is a call.

    Raises:
        CalcError: the text is no program; the message is ``TEXT is not expected here``, or ``the line ends too soon``
            for a token of kind ``end``, with its place.
    """
    return _Parser(tokens).program()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def program(self) -> tuple[Statement, ...]:
        statements: list[Statement] = []
        while self._at < len(self._tokens):
            if self._next.kind != "end":
                statements.append(self._statement())
            self._take("end")
        return tuple(statements)

    def _statement(self) -> Statement:
        if self._next.text == "let":
            self._at += 1
            name = self._take("name").text
            self._take("sign", "=")
            return Let(name, self._sum())
        self._take("name", "print")
        return Print(self._sum())

    def _sum(self) -> Expression:
        left = self._product()
        while self._next.text in ("+", "-"):
            left = Binary(self._take("sign").text, left, self._product())
        return left

    def _product(self) -> Expression:
        left = self._negated()
        while self._next.text in ("*", "/"):
            left = Binary(self._take("sign").text, left, self._negated())
        return left

    def _negated(self) -> Expression:
        if self._next.text == "-":
            self._at += 1
            return Negated(self._negated())
        return self._power()

    def _power(self) -> Expression:
        base = self._atom()
        if self._next.text != "^":
            return base
        self._at += 1
        return Binary("^", base, self._negated())

    def _atom(self) -> Expression:
        token = self._next
        if token.kind == "number":
            self._at += 1
            return Number(float(token.text))
        if token.text == "(":
            self._at += 1
            inner = self._sum()
            self._take("sign", ")")
            return inner
        name = self._take("name")
        return self._call(name) if self._next.text == "(" else Name(name.text, name.place)

    def _call(self, name: Token) -> Expression:
        self._take("sign", "(")
        arguments = [] if self._next.text == ")" else [self._sum()]
        while self._next.text == ",":
            self._at += 1
            arguments.append(self._sum())
        self._take("sign", ")")
        return Call(name.text, tuple(arguments), name.place)

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self, kind: str, text: str = "") -> Token:
        token = self._next
        if token.kind != kind or (text and token.text != text):
            words = "the line ends too soon" if token.kind == "end" else f"{token.text} is not expected here"
            raise CalcError(words, token.place)
        self._at += 1
        return token
