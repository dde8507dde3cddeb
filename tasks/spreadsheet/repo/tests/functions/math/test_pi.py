from sheet.functions.math.pi import PI

from ...support import FunctionTestCase


class PiTest(FunctionTestCase):
    def test_is_pi(self):
        self.assert_close(PI(), 3.141592653589793)

    def test_takes_no_argument(self):
        with self.assertRaises(TypeError):
            PI(1)
