from sheet.core.complexes import format_complex, parse_complex, suffix_of

from ..support import FunctionTestCase


class ComplexesTest(FunctionTestCase):
    def test_reading(self):
        expected = {"3+4i": 3 + 4j, "-j": -1j, "2.5": 2.5, "i": 1j, "1e3-2.5e-1i": 1000 - 0.25j, "12i": 12j}
        for text, number in expected.items():
            self.assertEqual(parse_complex(text), number, text)
        self.assertEqual(parse_complex(7), 7)
        self.assertEqual(parse_complex(None), 0)

    def test_reading_nonsense(self):
        for text in ("", "abc", "3+4", "3 + 4i", "3i+4", "i3", "++i", "1+2i+3i"):
            self.assert_error("#NUM!", parse_complex, text)
        self.assert_error("#VALUE!", parse_complex, True)

    def test_suffix(self):
        self.assertEqual(suffix_of("3+4i", 5), "i")
        self.assertEqual(suffix_of("3+4j", 5), "j")
        self.assert_error("#VALUE!", suffix_of, "i", "j")

    def test_writing(self):
        self.assertEqual(format_complex(3 + 4j), "3+4i")
        self.assertEqual(format_complex(-1j), "-i")
        self.assertEqual(format_complex(2.5), "2.5")
        self.assertEqual(format_complex(0), "0")
        self.assertEqual(format_complex(1 - 1j, "j"), "1-j")
        self.assertEqual(format_complex(complex(1e-17, 2)), "2i")
