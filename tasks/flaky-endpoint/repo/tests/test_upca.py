import unittest

from checkdigits.upca import is_upca


class UpcaTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['036000291452', '042100005264']:
            self.assertIs(is_upca(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['036000291453', '36000291452']:
            self.assertIs(is_upca(text), False, text)
