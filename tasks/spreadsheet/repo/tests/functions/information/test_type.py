from sheet.core.errors import na_error
from sheet.functions.information.type import TYPE

from ...support import FunctionTestCase


class TypeTest(FunctionTestCase):
    def test_every_kind(self):
        self.assertEqual(TYPE(5), 1)
        self.assertEqual(TYPE(None), 1)
        self.assertEqual(TYPE("5"), 2)
        self.assertEqual(TYPE(True), 4)
        self.assertEqual(TYPE(na_error()), 16)
        self.assertEqual(TYPE([[1, 2]]), 64)
