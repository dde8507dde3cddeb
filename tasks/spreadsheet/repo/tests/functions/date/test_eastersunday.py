from sheet.functions.date.eastersunday import EASTERSUNDAY

from ...support import FunctionTestCase


class EastersundayTest(FunctionTestCase):
    def test_known_easters(self):
        self.assertEqual(EASTERSUNDAY(2000), 36639)
        self.assertEqual(EASTERSUNDAY(2024), 45382)
        self.assertEqual(EASTERSUNDAY(2025), 45767)
        self.assertEqual(EASTERSUNDAY(1981), 29695)

    def test_out_of_range(self):
        self.assert_error("#NUM!", EASTERSUNDAY, 1899)
