"""Formulas and the values that a finished engine shows for them."""

import sys

from sheet.files import shown
from sheet.workbook import Workbook

CELLS = {
    "A1": "3",
    "A2": "4.5",
    "A3": "12",
    "A4": "fig",
    "A5": "2024-02-29",
    "A6": "=SUM(A1:A3)",
    "A7": "=1/0",
}
EXPECTED = {
    "=SUM(A1:A7)": "#DIV/0!",
    "=SUM(A1:A6)": "39",
    "=A1*A2%": "0.135",
    "=-A1^2": "9",
    "=ROUND(A2/A1,1)&UPPER(A4)": "1.5FIG",
    '=IFERROR(VLOOKUP("kiwi",A1:A4,1,FALSE),"none")': "none",
    "=SUMPRODUCT((A1:A3>4)*A1:A3)": "16.5",
    "=INDEX(SORT(A1:A3,1,-1),1)": "12",
    "=ROMAN(EDATE(A5,12)-DATEVALUE(A5))": "CCCLXV",
    '=TEXT(EOMONTH(A5,1),"d.m.yyyy")': "31.3.2024",
    "=GCD(A1*4,18)+LCM(4,6)": "18",
    "=ROUND(PMT(5%/12,60,-10000),2)": "188.71",
    "=ROUND(IRR(VSTACK(-100,60,60)),6)": "0.130662",
    "=STDEV.P(2,4,4,4,5,5,7,9)": "2",
    '=IMSUM("1+2i",COMPLEX(2,-2))': "3",
    "=HEX2DEC(DEC2HEX(255))": "255",
    '=COUNTIF(A1:A4,">=4")': "2",
    '=TEXTJOIN("-",TRUE,UNIQUE(VSTACK(1,2,1)))': "1-2",
    "=MDETERM(MUNIT(4))": "1",
    "=IF(ISERROR(A7),TYPE(A7),0)": "16",
    "=B1": "#CYCLE!",
}


def main() -> int:
    """Print each formula that shows something else, and return how many there are, at most 1."""
    workbook = Workbook()
    workbook.enter_all({**CELLS, **{f"B{row}": formula for row, formula in enumerate(EXPECTED, start=10)}})
    workbook.enter("B1", "=B1")
    wrong = 0
    for row, (formula, expected) in enumerate(EXPECTED.items(), start=10):
        actual = shown(workbook, f"B{row}")
        if actual != expected:
            print(f"{formula} shows {actual}, not {expected}", file=sys.stderr)
            wrong += 1
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
