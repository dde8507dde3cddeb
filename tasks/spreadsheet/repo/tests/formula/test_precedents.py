import unittest

from sheet.formula.parser import parse
from sheet.formula.precedents import precedents
from sheet.formula.references import reference_name


def names(formula):
    return sorted(map(reference_name, precedents(parse(formula))))


class PrecedentsTest(unittest.TestCase):
    def test_none(self):
        self.assertEqual(names('1+"a"'), [])

    def test_everywhere_in_the_tree(self):
        self.assertEqual(names("-A1+IF(B1,C1%,D1)"), ["A1", "B1", "C1", "D1"])

    def test_ranges(self):
        self.assertEqual(names("SUM(B2:A1)"), ["A1", "A2", "B1", "B2"])

    def test_each_cell_once(self):
        self.assertEqual(names("A1*A1+SUM(A1:A2)"), ["A1", "A2"])
