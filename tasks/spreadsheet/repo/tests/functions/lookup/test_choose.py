from sheet.core.errors import na_error
from sheet.functions.lookup.choose import CHOOSE

from ...support import FunctionTestCase


class ChooseTest(FunctionTestCase):
    def test_chooses(self):
        self.assertEqual(CHOOSE(2, "a", "b", "c"), "b")
        self.assertEqual(CHOOSE(1.9, [[1, 2]], 5), [[1, 2]])
        self.assertEqual(CHOOSE(1, 7, na_error()), 7)

    def test_no_such_choice(self):
        self.assert_error("#VALUE!", CHOOSE, 4, "a")
        self.assert_error("#N/A", CHOOSE, 2, 7, na_error())
