import unittest

from checkdigits.damm import is_damm


class DammTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['5724', '112946']:
            self.assertIs(is_damm(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['5727', '4', '57a4']:
            self.assertIs(is_damm(text), False, text)
