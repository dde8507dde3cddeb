from sheet.functions.lookup.sortby import SORTBY

from ...support import FunctionTestCase


class SortbyTest(FunctionTestCase):
    def test_sorts_by_another_column(self):
        self.assertEqual(
            SORTBY([["Tom"], ["Fred"], ["Amy"]], [[52], [65], [22]]), [["Amy"], ["Tom"], ["Fred"]]
        )
        self.assertEqual(SORTBY([["a", 1], ["b", 2]], [[1], [2]], -1), [["b", 2], ["a", 1]])

    def test_lengths_that_differ(self):
        self.assert_error("#VALUE!", SORTBY, [[1], [2]], [[1]])
