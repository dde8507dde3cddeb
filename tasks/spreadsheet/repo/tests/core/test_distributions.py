import math

from sheet.core import distributions as d

from ..support import FunctionTestCase


class DistributionsTest(FunctionTestCase):
    def test_normal(self):
        self.assert_close(d.normal_density(0), 1 / math.sqrt(2 * math.pi))
        self.assertAlmostEqual(d.normal_cumulative(1.96), 0.975002, places=6)
        self.assert_close(d.normal_cumulative(0), 0.5)

    def test_gamma_of_shape_one_is_exponential(self):
        for x in (0.1, 1.0, 5.0, 30.0):
            self.assert_close(d.gamma_cumulative(1, x), 1 - math.exp(-x))
        self.assertEqual(d.gamma_cumulative(2, 0), 0)

    def test_beta_with_known_forms(self):
        self.assert_close(d.beta_cumulative(0.3, 1, 1), 0.3)
        self.assert_close(d.beta_cumulative(0.3, 2, 1), 0.09)
        self.assert_close(d.beta_cumulative(0.9, 1, 3), 1 - 0.1**3)
        self.assertEqual((d.beta_cumulative(-1, 2, 2), d.beta_cumulative(2, 2, 2)), (0, 1))

    def test_student_of_one_degree_is_cauchy(self):
        for t in (-2.0, 0.0, 1.0):
            self.assert_close(d.student_cumulative(t, 1), 0.5 + math.atan(t) / math.pi)

    def test_f(self):
        self.assertAlmostEqual(d.f_cumulative(15.2069, 6, 4), 0.99, places=5)
        self.assertEqual(d.f_cumulative(0, 3, 3), 0)

    def test_inversion(self):
        self.assert_close(d.invert(d.normal_cumulative, 0.5, -math.inf, math.inf) + 1, 1)
        self.assertAlmostEqual(d.invert(d.normal_cumulative, 0.975, -math.inf, math.inf), 1.959964, places=6)
        self.assert_close(d.invert(lambda x: x * x, 2, 0, 2), math.sqrt(2))
        self.assert_error("#NUM!", d.invert, lambda x: 0.1, 0.5, 0, math.inf)
