import unittest

from calc.errors import CalcError
from calc.functions import FUNCTIONS, apply


class FunctionsTest(unittest.TestCase):
    def test_values(self) -> None:
        self.assertEqual(apply("max", [1.0, 3.0]), 3.0)
        self.assertEqual(apply("floor", [-1.5]), -2.0)
        counts = {name: count for name, (count, _) in FUNCTIONS.items()}
        self.assertEqual(counts, {"abs": 1, "sqrt": 1, "floor": 1, "min": 2, "max": 2})

    def test_no_value(self) -> None:
        with self.assertRaisesRegex(CalcError, "^sqrt has no value here$"):
            apply("sqrt", [-1.0])
