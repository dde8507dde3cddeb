import unittest

from helpers.pages import page, page_count


class PagesTest(unittest.TestCase):
    def test_pages(self) -> None:
        self.assertEqual(page_count(21, 10), 3)
        self.assertEqual(page(list("abcde"), 2, 2), ["c", "d"])

    def test_the_last_page_is_full(self) -> None:
        self.assertEqual(page_count(20, 10), 2)
        with self.assertRaises(IndexError):
            page(list("abcd"), 3, 2)

    def test_nothing(self) -> None:
        self.assertEqual(page_count(0, 10), 1)
        self.assertEqual(page([], 1, 10), [])
