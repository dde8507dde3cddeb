import unittest

from checkdigits.orcid import is_orcid


class OrcidTest(unittest.TestCase):
    def test_right_ones(self) -> None:
        for text in ['0000-0002-1825-0097', '0000-0001-5109-3700']:
            self.assertIs(is_orcid(text), True, text)

    def test_wrong_ones(self) -> None:
        for text in ['0000-0002-1825-0098', '0000000218250097']:
            self.assertIs(is_orcid(text), False, text)
