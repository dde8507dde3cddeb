import tempfile
import unittest
from pathlib import Path

from sniff import mime_type


def kind(head: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(head)
        return mime_type(path)


class SniffTest(unittest.TestCase):
    def test_some_kinds(self) -> None:
        self.assertEqual(kind(b"\x89PNG\r\n\x1a\n"), "image/png")
        self.assertEqual(kind(b"RIFF\x10\0\0\0WAVEfmt "), "audio/wav")
        self.assertEqual(kind(bytes(257) + b"ustar\x0000"), "application/x-tar")

    def test_nobody_knows(self) -> None:
        self.assertEqual(kind(b""), "application/octet-stream")
        self.assertEqual(kind(b"hello"), "application/octet-stream")
