from sheet.functions.statistics.geomean import GEOMEAN

from ...support import FunctionTestCase


class GeomeanTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(GEOMEAN([[4, 5, 8, 7, 11, 4, 3]]), 5.476986969656962)
        self.assert_close(GEOMEAN(2, 8), 4)

    def test_impossible_input(self):
        self.assert_error("#NUM!", GEOMEAN, [[1, 0]])
        self.assert_error("#NUM!", GEOMEAN, [[None]])
