"""The parser: from the text of a formula to a tree of nodes."""

from sheet.core.errors import CellError, name_error
from sheet.formula.nodes import Binary, Call, CellNode, Literal, Node, RangeNode, Unary
from sheet.formula.references import parse_reference
from sheet.formula.tokens import Token, tokenize

_LEVELS = (("=", "<>", "<", "<=", ">", ">="), ("&",), ("+", "-"), ("*", "/"), ("^",))
_DEEPEST = 100


def parse(formula: str) -> Node:
    """Return the tree of a formula, given without its ``=``.

    Operators from weak to strong: comparisons, ``&``, ``+ -``, ``* /``, ``^``, signs, ``%``; equal ones group
    from the left. So ``-2^2`` is 4. TRUE and FALSE are values, with or without brackets. A formula that
    cannot be read, or one that is nested more than 100 levels deep, is ``#NAME?``.
    """
    parser = _Parser(tokenize(formula))
    node = parser.expression()
    parser.expect("end", "")
    return node


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self._signed()
        node = self.expression(level + 1)
        while self._is_operator(*_LEVELS[level]):
            operator = self._next().text
            node = Binary(operator, node, self.expression(level + 1))
        return node

    def expect(self, kind: str, text: str) -> None:
        token = self._next()
        if (token.kind, token.text) != (kind, text):
            raise name_error(f"unexpected {token.text or 'end'!r} at position {token.position}")

    def _next(self) -> Token:
        token = self._tokens[self._position]
        self._position += token.kind != "end"
        return token

    def _is_operator(self, *texts: str) -> bool:
        token = self._tokens[self._position]
        return token.kind == "operator" and token.text in texts

    def _signed(self) -> Node:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise name_error("the formula is nested too deeply")
        if self._is_operator("-", "+"):
            node: Node = Unary(self._next().text, self._signed())
        else:
            node = self._primary()
            while self._is_operator("%"):
                node = Unary(self._next().text, node)
        self._depth -= 1
        return node

    def _primary(self) -> Node:
        token = self._next()
        if token.kind == "number":
            return Literal(float(token.text) if set(token.text) & set(".eE") else int(token.text))
        if token.kind == "text":
            return Literal(token.text)
        if token.kind == "error":
            return Literal(CellError(token.text))
        if token.kind == "cell":
            return self._cell_or_range(token)
        if token.kind == "name":
            return self._name(token)
        if (token.kind, token.text) == ("operator", "("):
            node = self.expression()
            self.expect("operator", ")")
            return node
        raise name_error(f"unexpected {token.text or 'end'!r} at position {token.position}")

    def _cell_or_range(self, token: Token) -> Node:
        first = parse_reference(token.text)
        if not self._is_operator(":"):
            return CellNode(first)
        self._next()
        other = self._next()
        if other.kind != "cell":
            raise name_error(f"a cell is wanted at position {other.position}")
        return RangeNode(first, parse_reference(other.text))

    def _name(self, token: Token) -> Node:
        name = token.text.upper()
        if not self._is_operator("("):
            if name not in {"TRUE", "FALSE"}:
                raise name_error(f"unknown name {token.text!r}")
            return Literal(name == "TRUE")
        self._next()
        arguments: list[Node] = []
        if self._is_operator(")"):
            self._next()
            return Call(name, ())
        while True:
            arguments.append(Literal(None) if self._is_operator(",", ")") else self.expression())
            if self._is_operator(")"):
                self._next()
                return Call(name, tuple(arguments))
            self.expect("operator", ",")
