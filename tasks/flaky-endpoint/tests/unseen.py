"""Numbers that the result has not seen, and what one wrong digit, and digits of another script, do to them."""

import importlib
import sys

NUMBERS = {
    "luhn": (
        ['6011000990139424', '378282246310005'],
        ['6011000990139425', '37828224631000x', '3782822463 10005 ', '00000000000'],
    ),
    "isbn10": (
        ['097522980X', '0-9752298-0-X'],
        ['097522980x', '0975229800', '0-9752298--0-X'],
    ),
    "isbn13": (
        ['979-10-90636-07-1', '9783161484100'],
        ['9773161484103', '9783161484109', '978316148410-0-'],
    ),
    "issn": (
        ['2049-3630', '1050-124X'],
        ['2049-3631', '1050-1240'],
    ),
    "ean8": (
        ['55123457', '40170725'],
        ['55123458', '4017072５'],
    ),
    "upca": (
        ['012345678905', '614141000036'],
        ['012345678906', '0123456789050'],
    ),
    "iban": (
        ['FR1420041010050500013M02606', 'NO93 8601 1117 947'],
        ['FR1420041010050500013M02607', 'NO93  8601 1117 947'],
    ),
    "vin": (
        ['5GZCZ43D13S812715', '1HGCM82633A004352'],
        ['5GZCZ43D23S812715', '1hgcm82633a004352'],
    ),
    "aba": (
        ['122105155', '082000549'],
        ['122105156', '082000540'],
    ),
    "cusip": (
        ['38259P508', '68389X105'],
        ['38259P509', '68389X106'],
    ),
    "isin": (
        ['GB0002634946', 'DE000BAY0017'],
        ['GB0002634947', 'DE000BAY0018'],
    ),
    "lei": (
        ['HWUPKR0MPOU8FGXBT394', '7LTWFZYICNSX8D621K86'],
        ['HWUPKR0MPOU8FGXBT395', '7ltwfzyicnsx8d621k86'],
    ),
    "orcid": (
        ['0000-0002-1694-233X', '0000-0001-5000-0007'],
        ['0000-0002-1694-2330', '0000-0002-1694-233x'],
    ),
    "nhs": (
        ['4010232137', '987 654 4322'],
        ['4010232138', '9876 544321'],
    ),
    "damm": (
        ['1234567894', '00'],
        ['1234567895', '0'],
    ),
    "imo": (
        ['IMO 9319466', 'IMO 7625811'],
        ['IMO 9319467', 'imo 9319466'],
    ),
}

wrong = []
for name, (right, mistyped) in NUMBERS.items():
    check = getattr(importlib.import_module(f"checkdigits.{name}"), f"is_{name}")
    for text in right:
        if check(text) is not True:
            wrong.append(f"{name}: {text!r} is right")
        last = text.rstrip("X")[-1:]
        changed = text[::-1].replace(last, str((int(last) + 1) % 10) if last.isdigit() else "0", 1)[::-1]
        foreign = text.replace("0", "\u0660").replace("1", "\u0661").replace("4", "\u0664")
        mistyped = [*mistyped, changed, foreign, text + "\n", " " + text]
    wrong += [f"{name}: {text!r} is wrong" for text in mistyped if check(text) is not False]
print("\n".join(wrong) if wrong else f"{len(NUMBERS)} validators are right")
sys.exit(1 if wrong else 0)
