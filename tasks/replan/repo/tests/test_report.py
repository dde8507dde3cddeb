import tempfile
import unittest
from pathlib import Path

from meters.report import report


class ReportTest(unittest.TestCase):
    def test_a_line_for_each_site(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "b.csv").write_text("time,kwh\n2025-01-01T00:00,1.000\n2025-01-01T12:00,0.500\n")
            (Path(folder) / "a.csv").write_text("time,kwh\n2025-01-01T00:00,100.000\n")
            self.assertEqual(report(Path(folder), cents_per_kwh=20.0), ["a 100.000 kWh 20.00 EUR", "b 1.500 kWh 0.30 EUR"])
