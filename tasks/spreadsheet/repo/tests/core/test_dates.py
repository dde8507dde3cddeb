from datetime import date

from sheet.core import dates

from ..support import FunctionTestCase


class SerialTest(FunctionTestCase):
    def test_both_ways(self):
        self.assertEqual(dates.to_serial(date(2000, 1, 1)), 36526)
        self.assertEqual(dates.from_serial(36526.75), date(2000, 1, 1))
        self.assert_error("#NUM!", dates.from_serial, -1)
        self.assert_error("#NUM!", dates.from_serial, 2958466)

    def test_values(self):
        self.assertEqual(dates.to_date("2024-2-29"), date(2024, 2, 29))
        self.assertEqual(dates.to_date([[36526]]), date(2000, 1, 1))
        self.assert_error("#VALUE!", dates.to_date, "tomorrow")
        self.assert_error("#VALUE!", dates.parse_date, "2023-02-29")


class MonthTest(FunctionTestCase):
    def test_short_months(self):
        self.assertEqual(dates.month_length(2024, 2), 29)
        self.assertEqual(dates.add_months(date(2024, 1, 31), 1), date(2024, 2, 29))
        self.assertEqual(dates.add_months(date(2024, 3, 15), -15), date(2022, 12, 15))
        self.assert_error("#NUM!", dates.add_months, date(1900, 1, 1), -1)


class FractionTest(FunctionTestCase):
    def test_days_360(self):
        self.assertEqual(dates.days_360(date(2024, 1, 30), date(2024, 2, 28)), 28)
        self.assertEqual(dates.days_360(date(2024, 1, 15), date(2024, 3, 31)), 76)
        self.assertEqual(dates.days_360(date(2024, 1, 15), date(2024, 3, 31), european=True), 75)
        self.assertEqual(dates.days_360(date(2023, 2, 28), date(2023, 3, 31)), 30)

    def test_every_basis(self):
        start, end = date(2023, 1, 1), date(2023, 7, 1)
        self.assertEqual(dates.year_fraction(start, end), 0.5)
        self.assertEqual(dates.year_fraction(end, start, 4), 0.5)
        self.assert_close(dates.year_fraction(start, end, 1), 181 / 365)
        self.assert_close(dates.year_fraction(start, end, 2), 181 / 360)
        self.assert_close(dates.year_fraction(start, end, 3), 181 / 365)
        self.assert_error("#NUM!", dates.year_fraction, start, end, 5)


class WeekTest(FunctionTestCase):
    def test_weekends(self):
        self.assertEqual(dates.weekend_days(), {5, 6})
        self.assertEqual(dates.weekend_days(7), {4, 5})
        self.assertEqual(dates.weekend_days(11), {6})
        self.assertEqual(dates.weekend_days(12), {0})
        self.assertEqual(dates.weekend_days("0000111"), {4, 5, 6})

    def test_wrong_weekends(self):
        self.assert_error("#NUM!", dates.weekend_days, 8)
        self.assert_error("#VALUE!", dates.weekend_days, "1111111")
        self.assert_error("#VALUE!", dates.weekend_days, "weekend")

    def test_holidays(self):
        self.assertEqual(dates.holiday_dates([[36526], [None]]), {date(2000, 1, 1)})
        self.assertEqual(dates.holiday_dates(None), frozenset())
