import unittest

from checkdigits.iban import is_iban


class IbanTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['GB82WEST12345698765432', 'DE89 3704 0044 0532 0130 00']:
            self.assertIs(is_iban(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['GB82WEST12345698765433', 'gb82WEST12345698765432', 'GB82']:
            self.assertIs(is_iban(text), False, text)
