import unittest

from helpers.recent import Recent


class RecentTest(unittest.TestCase):
    def setUp(self) -> None:
        self.recent = Recent(2)
        self.recent.put("a", 1)
        self.recent.put("b", 2)

    def test_the_oldest_goes(self) -> None:
        self.recent.put("c", 3)
        self.assertIsNone(self.recent.get("a"))
        self.assertEqual(self.recent.get("c"), 3)

    def test_reading_is_a_use(self) -> None:
        self.recent.get("a")
        self.recent.put("c", 3)
        self.assertEqual(self.recent.get("a"), 1)
        self.assertIsNone(self.recent.get("b"))

    def test_writing_again_is_a_use(self) -> None:
        self.recent.put("a", 4)
        self.recent.put("c", 3)
        self.assertEqual(self.recent.get("a"), 4)
