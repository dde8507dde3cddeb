import unittest

from calc.places import place


class PlacesTest(unittest.TestCase):
    def test_places(self) -> None:
        self.assertEqual([place("ab\ncd", offset) for offset in (0, 1, 2, 3, 5)], ["1:1", "1:2", "1:3", "2:1", "2:3"])
