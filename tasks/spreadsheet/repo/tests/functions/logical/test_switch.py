from sheet.core.errors import num_error
from sheet.functions.logical.switch import SWITCH

from ...support import FunctionTestCase


class SwitchTest(FunctionTestCase):
    def test_finds_the_case(self):
        self.assertEqual(SWITCH(2, 1, "one", 2, "two"), "two")
        self.assertEqual(SWITCH("B", "a", 1, "b", 2), 2)
        self.assertEqual(SWITCH(1, 1, "ok", 2, num_error()), "ok")

    def test_falls_back(self):
        self.assertEqual(SWITCH(9, 1, "one", "other"), "other")
        self.assert_error("#N/A", SWITCH, 9, 1, "one")
