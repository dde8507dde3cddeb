from sheet.functions.information.na import NA

from ...support import FunctionTestCase


class NaTest(FunctionTestCase):
    def test_always_fails(self):
        self.assert_error("#N/A", NA)

    def test_takes_no_argument(self):
        with self.assertRaises(TypeError):
            NA(1)
