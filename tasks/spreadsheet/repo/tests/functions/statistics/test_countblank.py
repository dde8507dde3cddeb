from sheet.core.errors import na_error
from sheet.functions.statistics.countblank import COUNTBLANK

from ...support import FunctionTestCase


class CountblankTest(FunctionTestCase):
    def test_blanks_and_empty_texts(self):
        self.assertEqual(COUNTBLANK([[None, ""], [0, " "]]), 2)

    def test_none_and_errors(self):
        self.assertEqual(COUNTBLANK([[na_error(), 1]]), 0)
        self.assertEqual(COUNTBLANK(None), 1)
