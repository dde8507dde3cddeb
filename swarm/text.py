"""Text that is not ours, made safe to show, and long text cut short. Pure."""

import re

_LINE_ENDS = re.compile(r"\r\n?")

_KEPT_CONTROLS = {"\n", "\t"}

# Everything that a terminal obeys, that reorders what a person sees, or that is invisible but read by a model.
_DANGEROUS_RANGES = (
    (0x00, 0x1F),  # C0 controls, ESC among them
    (0x7F, 0x9F),  # DEL and the C1 controls
    (0x061C, 0x061C),  # Arabic letter mark
    (0x200B, 0x200B),  # zero width space
    (0x200E, 0x200F),  # left-to-right and right-to-left marks
    (0x2028, 0x202E),  # line and paragraph separators, bidirectional embeddings and overrides
    (0x2060, 0x2069),  # invisible operators, bidirectional isolates
    (0xD800, 0xDFFF),  # lone surrogates: bytes of a name that is not UTF-8
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFF9, 0xFFFB),  # interlinear annotations
    (0xE0000, 0xE007F),  # tag characters, which smuggle invisible text
)


def _escape(code_point: int) -> str:
    if 0xDC80 <= code_point <= 0xDCFF:  # one undecodable byte, as ``surrogateescape`` carries it
        return f"\\x{code_point - 0xDC00:02x}"
    if code_point <= 0xFF:
        return f"\\x{code_point:02x}"
    return f"\\u{code_point:04x}" if code_point <= 0xFFFF else f"\\U{code_point:08x}"


_ESCAPES = {
    code_point: _escape(code_point)
    for first, last in _DANGEROUS_RANGES
    for code_point in range(first, last + 1)
    if chr(code_point) not in _KEPT_CONTROLS
}
_LINE_ESCAPES = {**_ESCAPES, ord("\n"): "\\n", ord("\t"): "\\t", ord("\r"): "\\r"}


def neutralise(text: str) -> str:
    r"""Make text harmless for terminals, people and models: nothing in it is obeyed or hidden.

    Control characters, escape sequences, bidirectional and invisible characters and lone surrogates become visible
    escapes (``\x1b``). New lines and tabs stay; a carriage return, alone or before a new line, becomes a new line.
    Doing it twice changes nothing more.
    """
    return _LINE_ENDS.sub("\n", text).translate(_ESCAPES)


def neutralise_line(text: str) -> str:
    r"""Like :func:`neutralise`, for what must stay on one line, such as a file name: new lines become ``\n``."""
    return text.translate(_LINE_ESCAPES)


def trim_middle(text: str, limit: int) -> str:
    """Keep the head and the tail of a text and say how much was left out between them.

    Args:
        text: what to shorten.
        limit: the most characters to keep; the note about what was left out comes on top of them.

    Returns:
        The text itself when it is short enough.
    """
    if len(text) <= limit:
        return text
    head = limit - limit // 2
    tail = limit // 2
    left_out = len(text) - head - tail
    return f"{text[:head]}{left_out_note(left_out, 'characters')}{text[len(text) - tail :]}"


def left_out_note(amount: int, unit: str) -> str:
    """Return the line that stands where the middle of a text was."""
    return f"\n[... {amount} {unit} left out ...]\n"
