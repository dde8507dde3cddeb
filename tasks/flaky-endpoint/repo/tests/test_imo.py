import unittest

from checkdigits.imo import is_imo


class ImoTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['IMO 9074729', 'IMO 8814275']:
            self.assertIs(is_imo(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['IMO 9074728', '9074729', 'IMO 907472']:
            self.assertIs(is_imo(text), False, text)
