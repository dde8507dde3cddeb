import unittest

from sheet.graph import calculation_order


class CalculationOrderTest(unittest.TestCase):
    def test_precedents_come_first(self):
        order, cyclic = calculation_order({"total": ["net", "tax"], "tax": ["net"], "net": ["price"]})
        self.assertEqual(order, ["net", "tax", "total"])
        self.assertEqual(cyclic, set())

    def test_cycles_and_what_is_behind_them(self):
        order, cyclic = calculation_order({"a": ["b"], "b": ["a"], "c": ["b"], "d": [], "e": ["e"]})
        self.assertEqual(order, ["d"])
        self.assertEqual(cyclic, {"a", "b", "c", "e"})

    def test_the_order_of_the_mapping_is_kept(self):
        self.assertEqual(calculation_order({key: [] for key in "cab"})[0], ["c", "a", "b"])

    def test_long_chains(self):
        chain = {number: [number - 1] for number in range(1, 5000)}
        self.assertEqual(calculation_order(dict(reversed(chain.items())))[0], list(range(1, 5000)))
