from sheet.functions.date.timevalue import TIMEVALUE

from ...support import FunctionTestCase


class TimevalueTest(FunctionTestCase):
    def test_forms_of_a_time(self):
        self.assertEqual(TIMEVALUE("18:00"), 0.75)
        self.assert_close(TIMEVALUE("2:24 AM"), 0.1)
        self.assert_close(TIMEVALUE("2011-08-22 6:35"), 0.27430555555555555)
        self.assertEqual(TIMEVALUE("12:00:00 am"), 0)

    def test_no_time(self):
        self.assert_error("#VALUE!", TIMEVALUE, "25:00")
        self.assert_error("#VALUE!", TIMEVALUE, "noon")
