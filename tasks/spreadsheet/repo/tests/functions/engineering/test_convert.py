from sheet.functions.engineering.convert import CONVERT

from ...support import FunctionTestCase


class ConvertTest(FunctionTestCase):
    def test_factors(self):
        self.assert_close(CONVERT(1, "lbm", "kg"), 0.45359237)
        self.assert_close(CONVERT(26.2, "mi", "km"), 42.1648128)
        self.assertEqual(CONVERT(2, "hr", "min"), 120)

    def test_temperatures(self):
        self.assert_close(CONVERT(68, "F", "C"), 20)
        self.assert_close(CONVERT(0, "C", "K"), 273.15)

    def test_units_that_do_not_fit(self):
        self.assert_error("#N/A", CONVERT, 2.5, "ft", "s")
        self.assert_error("#N/A", CONVERT, 1, "KM", "m")
