from sheet.core.criteria import matcher, matching_positions, wildcard_pattern
from sheet.core.errors import num_error

from ..support import FunctionTestCase

CELLS = [1, 5, 9, "5", "apple", "Apricot", "pear", True, None, ""]


def met(criterion):
    return [cell for cell in CELLS if matcher(criterion)(cell)]


class MatcherTest(FunctionTestCase):
    def test_orderings_compare_only_their_own_kind(self):
        self.assertEqual(met(">=5"), [5, 9])
        self.assertEqual(met("<5"), [1])
        self.assertEqual(met(">b"), ["pear"])

    def test_equality(self):
        self.assertEqual(met(5), [5])
        self.assertEqual(met("=5"), [5])
        self.assertEqual(met("PEAR"), ["pear"])
        self.assertEqual(met(True), [True])

    def test_wildcards(self):
        self.assertEqual(met("ap*"), ["apple", "Apricot"])
        self.assertEqual(met("p??r"), ["pear"])

    def test_inequality_takes_everything_else(self):
        self.assertEqual(len(met("<>5")), len(CELLS) - 1)
        self.assertIs(matcher("<>5")(num_error()), True)
        self.assertIs(matcher("5")(num_error()), False)

    def test_blanks(self):
        self.assertEqual(met("="), [None, ""])
        self.assertEqual(len(met("<>")), len(CELLS) - 2)
        self.assertIs(matcher(None)(0), True)


class WildcardTest(FunctionTestCase):
    def test_tilde_takes_the_meaning_away(self):
        self.assertTrue(wildcard_pattern("what~?").fullmatch("What?"))
        self.assertFalse(wildcard_pattern("what~?").fullmatch("what!"))
        self.assertTrue(wildcard_pattern("a.c*").fullmatch("a.cd"))
        self.assertFalse(wildcard_pattern("a.c").fullmatch("abc"))


class PositionsTest(FunctionTestCase):
    def test_all_criteria_must_be_met(self):
        self.assertEqual(matching_positions([[1], [2], [3]], ">1", [["a"], ["b"], ["a"]], "a"), [2])

    def test_sizes_must_agree(self):
        self.assert_error("#VALUE!", matching_positions, [[1], [2]], 1, [[1]], 1)
        self.assert_error("#VALUE!", matching_positions, [[1]], 1, [[1]])
