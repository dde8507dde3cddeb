from sheet.functions.math.combina import COMBINA

from ...support import FunctionTestCase


class CombinaTest(FunctionTestCase):
    def test_counts_with_repetition(self):
        self.assertEqual(COMBINA(4, 3), 20)
        self.assertEqual(COMBINA(10, 3), 220)
        self.assertEqual(COMBINA(0, 0), 1)

    def test_nothing_to_choose_from(self):
        self.assert_error("#NUM!", COMBINA, 0, 2)
