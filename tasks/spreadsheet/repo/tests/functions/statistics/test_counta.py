from sheet.core.errors import na_error
from sheet.functions.statistics.counta import COUNTA

from ...support import FunctionTestCase


class CountaTest(FunctionTestCase):
    def test_everything_but_blanks(self):
        self.assertEqual(COUNTA([[1, "", None], [na_error(), False, None]]), 4)

    def test_direct_values(self):
        self.assertEqual(COUNTA(1, "a"), 2)

    def test_nothing(self):
        self.assertEqual(COUNTA([[None]]), 0)
