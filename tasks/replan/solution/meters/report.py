"""What each site used and what that costs."""

from pathlib import Path

from meters.reading import readings
from meters.tariff import CENTS_PER_KWH


def report(folder: Path, cents_per_kwh: float) -> list[str]:
    """Return a line for each file of a folder: ``SITE KWH kWh COST EUR``."""
    lines = []
    for path in sorted(folder.iterdir()):
        used = sum(reading.watt_hours for reading in readings(path)) / 1000
        lines.append(f"{path.stem} {used:.3f} kWh {used * cents_per_kwh / 100:.2f} EUR")
    return lines


if __name__ == "__main__":
    for line in report(Path("data"), CENTS_PER_KWH):
        print(line)
