import unittest

from helpers.quoting import row


class QuotingTest(unittest.TestCase):
    def test_plain(self) -> None:
        self.assertEqual(row(["a", "", "b c"]), "a,,b c")

    def test_comma(self) -> None:
        self.assertEqual(row(["a,b", "c"]), '"a,b",c')

    def test_quote(self) -> None:
        self.assertEqual(row(['5" pipe']), '"5"" pipe"')

    def test_new_line(self) -> None:
        self.assertEqual(row(["two\nlines"]), '"two\nlines"')
