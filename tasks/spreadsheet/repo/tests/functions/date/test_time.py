from sheet.functions.date.time import TIME

from ...support import FunctionTestCase


class TimeTest(FunctionTestCase):
    def test_times(self):
        self.assertEqual(TIME(12, 0, 0), 0.5)
        self.assert_close(TIME(16, 48, 10), 0.7001157407407408)

    def test_runs_on(self):
        self.assertEqual(TIME(27, 0, 0), 0.125)
        self.assert_close(TIME(0, 750, 0), 750 / 1440)

    def test_negative_times(self):
        self.assert_error("#NUM!", TIME, 0, -1, 0)
