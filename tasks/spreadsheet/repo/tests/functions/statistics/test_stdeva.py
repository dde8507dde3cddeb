import math

from sheet.functions.statistics.stdeva import STDEVA

from ...support import FunctionTestCase


class StdevaTest(FunctionTestCase):
    def test_text_and_truth_count(self):
        self.assert_close(STDEVA([[2, "x"]]), math.sqrt(2))
        self.assertEqual(STDEVA([[True, True, None]]), 0)

    def test_too_few(self):
        self.assert_error("#DIV/0!", STDEVA, [["x"]])
