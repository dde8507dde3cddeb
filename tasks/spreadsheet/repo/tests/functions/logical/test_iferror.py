from sheet.core.errors import na_error
from sheet.functions.logical.iferror import IFERROR

from ...support import FunctionTestCase


class IferrorTest(FunctionTestCase):
    def test_replaces_errors(self):
        self.assertEqual(IFERROR(na_error(), 0), 0)
        self.assertEqual(IFERROR(5, 0), 5)
        self.assertEqual(IFERROR([[1, na_error()]], "-"), [[1, "-"]])

    def test_needs_a_fallback(self):
        with self.assertRaises(TypeError):
            IFERROR(5)
