from sheet.core.errors import na_error
from sheet.functions.logical.if_ import IF

from ...support import FunctionTestCase


class IfTest(FunctionTestCase):
    def test_chooses(self):
        self.assertEqual(IF(True, "yes", "no"), "yes")
        self.assertEqual(IF(0, "yes", "no"), "no")
        self.assertIs(IF(False), False)

    def test_only_the_taken_branch_matters(self):
        self.assertEqual(IF(True, 1, na_error()), 1)
        self.assert_error("#N/A", IF, False, 1, na_error())
        self.assert_error("#N/A", IF, na_error(), 1, 2)
