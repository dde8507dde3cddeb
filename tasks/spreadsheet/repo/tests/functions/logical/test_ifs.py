from sheet.core.errors import na_error
from sheet.functions.logical.ifs import IFS

from ...support import FunctionTestCase


class IfsTest(FunctionTestCase):
    def test_the_first_true_condition_counts(self):
        self.assertEqual(IFS(False, "a", 1, "b", True, "c"), "b")
        self.assertEqual(IFS(True, 1, na_error(), 2), 1)

    def test_nothing_is_true(self):
        self.assert_error("#N/A", IFS, False, 1)

    def test_odd_arguments(self):
        self.assert_error("#VALUE!", IFS, True)
