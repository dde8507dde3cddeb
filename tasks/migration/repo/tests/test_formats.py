import unittest

from sniff.formats import magic


class SignatureTest(unittest.TestCase):
    def test_and_or(self) -> None:
        signature = magic(b"RIFF") & magic(b"WEBP", at=8) | magic(b"GIF")
        self.assertTrue(signature.fits(b"RIFF....WEBP"))
        self.assertTrue(signature.fits(b"GIF89a"))
        self.assertFalse(signature.fits(b"RIFF....WAVE"))
        self.assertFalse(signature.fits(b""))
