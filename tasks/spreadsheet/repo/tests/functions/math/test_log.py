import math

from sheet.functions.math.log import LOG

from ...support import FunctionTestCase


class LogTest(FunctionTestCase):
    def test_base_ten_is_the_usual_one(self):
        self.assert_close(LOG(1000), 3)

    def test_other_bases(self):
        self.assert_close(LOG(8, 2), 3)
        self.assert_close(LOG(86, math.e), 4.454347296253507)

    def test_outside_the_domain(self):
        self.assert_error("#NUM!", LOG, -1, 2)
        self.assert_error("#DIV/0!", LOG, 5, 1)
