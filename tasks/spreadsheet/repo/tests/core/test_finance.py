from sheet.core import finance

from ..support import FunctionTestCase


class FinanceTest(FunctionTestCase):
    def test_annuity_factor(self):
        self.assertEqual(finance.annuity_factor(0, 12), 12)
        self.assert_close(finance.annuity_factor(0.1, 2), 2.1)
        self.assert_close(finance.annuity_factor(0.1, 2, due=1), 2.31)

    def test_future_value(self):
        self.assert_close(finance.future_value(0.1, 2, -100, -1000), 1420)

    def test_payment_pays_the_loan_off(self):
        payment = finance.level_payment(0.01, 24, 5000)
        self.assert_close(finance.future_value(0.01, 24, payment, 5000) + 1, 1)
        self.assert_error("#NUM!", finance.level_payment, 0.01, 0, 5000)

    def test_interest(self):
        self.assert_close(finance.interest_part(0.01, 1, 24, 5000), -50)
        self.assertEqual(finance.interest_part(0.01, 1, 24, 5000, due=1), 0)
        self.assert_error("#NUM!", finance.interest_part, 0.01, 25, 24, 5000)

    def test_present_value(self):
        self.assert_close(finance.net_present_value(0.1, [-100, 110]) + 1, 1)

    def test_solver(self):
        self.assert_close(
            finance.solve(lambda rate: finance.net_present_value(rate, [-100, 60, 60])), 0.1306623862918
        )
        self.assert_close(finance.solve(lambda rate: rate - 50.0, guess=1e9), 50)
        self.assert_error("#NUM!", finance.solve, lambda rate: rate * rate + 1)
