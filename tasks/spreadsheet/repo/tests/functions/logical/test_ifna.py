from sheet.core.errors import na_error, num_error
from sheet.functions.logical.ifna import IFNA

from ...support import FunctionTestCase


class IfnaTest(FunctionTestCase):
    def test_replaces_only_what_was_not_found(self):
        self.assertEqual(IFNA(na_error(), "none"), "none")
        self.assertEqual(IFNA(7, "none"), 7)

    def test_other_errors_stay(self):
        self.assert_error("#NUM!", IFNA, num_error(), "none")
