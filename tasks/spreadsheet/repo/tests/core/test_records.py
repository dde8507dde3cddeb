from sheet.core.records import column_of, select, selected_values

from ..support import FunctionTestCase

TREES = [
    ["Tree", "Height", "Age"],
    ["Apple", 18, 20],
    ["Pear", 12, 12],
    ["Cherry", 13, 14],
    ["Apple", 14, None],
]


class RecordsTest(FunctionTestCase):
    def test_columns_by_heading_and_number(self):
        self.assertEqual(column_of(TREES, "height"), 1)
        self.assertEqual(column_of(TREES, 3), 2)
        for field in ("Width", 0, 4, True, None):
            self.assert_error("#VALUE!", column_of, TREES, field)

    def test_cells_of_a_row_are_all_wanted(self):
        self.assertEqual(select(TREES, [["Tree", "Height"], ["Apple", ">14"]]), [["Apple", 18, 20]])

    def test_rows_are_alternatives(self):
        found = select(TREES, [["Tree", "Height"], ["Pear", None], [None, 13]])
        self.assertEqual([record[0] for record in found], ["Pear", "Cherry"])

    def test_empty_conditions_take_all(self):
        self.assertEqual(len(select(TREES, [["Tree"]])), 4)
        self.assertEqual(len(select(TREES, [["Tree"], [None]])), 4)

    def test_unknown_heading(self):
        self.assert_error("#VALUE!", select, TREES, [["Colour"], ["red"]])

    def test_values_keep_blanks(self):
        self.assertEqual(selected_values(TREES, "Age", [["Tree"], ["Apple"]]), [20, None])
