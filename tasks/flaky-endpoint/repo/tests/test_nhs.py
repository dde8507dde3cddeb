import unittest

from checkdigits.nhs import is_nhs


class NhsTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['9434765919', '943 476 5919']:
            self.assertIs(is_nhs(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['9434765918', '94 34765919', '943476591']:
            self.assertIs(is_nhs(text), False, text)
