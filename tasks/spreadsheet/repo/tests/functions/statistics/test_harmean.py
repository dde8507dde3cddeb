from sheet.functions.statistics.harmean import HARMEAN

from ...support import FunctionTestCase


class HarmeanTest(FunctionTestCase):
    def test_known_values(self):
        self.assert_close(HARMEAN([[4, 5, 8, 7, 11, 4, 3]]), 5.028375962061728)
        self.assertEqual(HARMEAN(1, 1), 1)

    def test_impossible_input(self):
        self.assert_error("#NUM!", HARMEAN, [[1, -1]])
