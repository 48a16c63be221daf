"""The columns of a table as codes of fields, in SQL: what `riskbands.cohorts` reads in Python.

A code is the small whole number that scorecards read, and negative where there is none: -1 where
nothing is given, -2 where it cannot be read, -3 where it is out of range. It is never NULL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.arithmetic.dates import FIRST_YEAR, LAST_YEAR
from riskbands.derivation.derive import Input
from riskbands.errors import TableError
from riskbands.instruments.sql.expressions import column, state
from riskbands.vocabulary import offences
from riskbands.vocabulary.fields import MISSING_WORDS, NEITHER, NO_WORDS, YES_WORDS, Kind

if TYPE_CHECKING:
    from riskbands.bands.sql import Dialect
    from riskbands.vocabulary.fields import Field

__all__ = ["TYPES", "code_of", "given"]

VALID, MISSING, MALFORMED, OUT_OF_RANGE = 0, -1, -2, -3
#: What the column of each kind of field holds, for people.
TYPES = {
    Kind.DATE: "DATE",
    Kind.INT: "any number type",
    Kind.LEVEL: "any number type, or its words as text",
    Kind.BOOL: "BOOLEAN, 0 and 1, or yes and no as text",
    Kind.ENUM: "text: one of its words",
    Kind.OFFENCE_CODE: "text of five digits",
    Kind.OFFENCE_GROUP: "text: the name of a group",
}
_DIGITS = "0123456789"
#: What databases call an infinite number, lower case.
_ENDLESS = ("inf", "-inf", "infinity", "-infinity")
#: From here on every double is a whole number.
_ALL_WHOLE = 2**53
#: A whole number as text, as `Field.parse` takes one. It fits all of a text or nothing of it, so
#: databases that replace once and those that replace everywhere do the same.
_WHOLE = "^[+-]?[0-9]{1,9}([.]0*)?$"
#: The largest number of that many digits.
_MOST = 10**9 - 1


def given(name: str, f: Field) -> Input:
    """The field whose code is in the column ``name``."""
    faults = {}
    if f.kind is not Kind.DATE:  # a column of dates holds nothing but dates
        faults["malformed"] = MALFORMED
    if f.kind in (Kind.DATE, Kind.INT, Kind.LEVEL):
        faults["out_of_range"] = OUT_OF_RANGE
    every = (VALID, MISSING, *faults.values())
    return Input(
        column(name, "whole"),
        state(name, [VALID], every),
        {fault: state(name, [code], every) for fault, code in faults.items()},
        ranged=True,
    )


def code_of(f: Field, name: str, write: Dialect) -> str:
    """The code of a field, as SQL over the column ``name``, which is quoted already."""
    match f.kind:
        case Kind.DATE:
            return _date(name)
        case Kind.INT:
            return _count(f, name, write)
        case Kind.DECIMAL:
            raise TableError(f"{f.name} has decimals, for which SQL is not written")
        case Kind.OFFENCE_CODE:
            return _offence_code(name, write)
        case _:
            return _word(f, name, write)


def _date(name: str) -> str:
    packed = (
        f"EXTRACT(YEAR FROM {name}) * 512 + EXTRACT(MONTH FROM {name}) * 32 "
        f"+ EXTRACT(DAY FROM {name})"
    )
    return (
        f"CASE WHEN {name} IS NULL THEN {MISSING} "
        f"WHEN {name} BETWEEN DATE '{FIRST_YEAR}-01-01' AND DATE '{LAST_YEAR}-12-31' "
        f"THEN CAST({packed} AS INTEGER) ELSE {OUT_OF_RANGE} END"
    )


def _count(f: Field, name: str, write: Dialect) -> str:
    whole = f"CAST({name} AS INTEGER)"
    endless = " ".join(f"WHEN '{word}' THEN {MALFORMED}" for word in _ENDLESS)
    return (
        f"CASE WHEN {name} IS NULL THEN {MISSING} "
        f"WHEN {name} BETWEEN {f.low} AND {f.high} "
        f"THEN CASE WHEN {whole} = {name} THEN {whole} ELSE {MALFORMED} END "
        f"ELSE CASE LOWER(CAST({name} AS {write.string})) WHEN 'nan' THEN {MISSING} "
        f"WHEN '-nan' THEN {MISSING} {endless} "
        f"ELSE CASE WHEN {name} BETWEEN -{_ALL_WHOLE} AND {_ALL_WHOLE} AND FLOOR({name}) <> {name} "
        f"THEN {MALFORMED} ELSE {OUT_OF_RANGE} END END END"
    )


def _offence_code(name: str, write: Dialect) -> str:
    """Five digits, also with a blank after the class; or class and subclass with a stroke."""
    word = f"TRIM(CAST({name} AS {write.string}))"
    parted = f"REPLACE(REPLACE(REPLACE({word}, ' / ', '/'), ' /', '/'), '/ ', '/')"
    whole = f"REPLACE({word}, ' ', '')"
    stroke = f"POSITION('/' IN {parted})"
    class_ = f"CAST(SUBSTR({parted}, 1, {stroke} - 1) AS INTEGER)"
    subclass = f"CAST(SUBSTR({parted}, {stroke} + 1) AS INTEGER)"
    missing = ", ".join(write.text(w) for w in sorted(MISSING_WORDS))
    return (
        f"CASE WHEN {name} IS NULL OR LOWER({word}) IN ({missing}) THEN {MISSING} "
        f"WHEN LENGTH({word}) = 5 AND LENGTH(TRANSLATE({word}, '{_DIGITS}', '')) = 0 "
        f"THEN CAST({word} AS INTEGER) "
        f"WHEN LENGTH({word}) = 6 AND SUBSTR({word}, 4, 1) = ' ' "
        f"AND TRANSLATE({word}, '{_DIGITS}', '') = ' ' THEN CAST({whole} AS INTEGER) "
        f"WHEN TRANSLATE({parted}, '{_DIGITS}', '') = '/' AND {stroke} BETWEEN 2 AND 4 "
        f"AND LENGTH({parted}) - {stroke} BETWEEN 1 AND 2 "
        f"THEN {class_} * 100 + {subclass} ELSE {MALFORMED} END"
    )


def _words(f: Field) -> dict[str, int]:
    """The code of every word a field may hold, whole numbers among them."""
    match f.kind:
        case Kind.BOOL:
            words = dict.fromkeys(sorted(YES_WORDS), 1) | dict.fromkeys(sorted(NO_WORDS), 0)
            words |= {alias: words[word] for alias, word in f.aliases.items()}
        case Kind.LEVEL:
            words = {f"{n}": n for n in range(3)}
            words |= {alias: int(level) for alias, level in f.aliases.items()}
        case Kind.ENUM:
            words = {word: n for n, word in enumerate(f.values)}
            words |= {alias: words[word] for alias, word in f.aliases.items()}
            words = {
                word: n
                for word, n in words.items()
                if _number(word) is None or word == f"{_number(word)}"
            }
        case _:
            words = {word: n for n, word in enumerate(offences.all_groups())}
    return words


def _number(word: str) -> int | None:
    """The whole number that a word of digits is read as: ``01`` is 1."""
    return int(word) if word.isdecimal() and len(word) <= 9 else None


def _word(f: Field, name: str, write: Dialect) -> str:
    """A word, or a number by the text a database writes for it: ``1``, ``1.0`` or ``1.00``.

    As in `Field.parse`, what is missing and what is neither an answer nor missing is told before
    letters, blanks and hyphens are made the same.
    """
    words = _words(f)
    text = f"TRIM(CAST({name} AS {write.string}))"
    found = f"LOWER({text})"
    missing = ", ".join(write.text(word) for word in sorted(MISSING_WORDS))
    if any("_" in word for word in words):
        found = f"REPLACE(REPLACE({found}, ' ', '_'), '-', '_')"
    cases = " ".join(f"WHEN {write.text(word)} THEN {code}" for word, code in words.items())
    return (
        f"CASE WHEN {name} IS NULL OR LOWER({text}) IN ({missing}) THEN {MISSING} "
        f"WHEN {text} = {write.text(NEITHER)} THEN {MALFORMED} "
        f"ELSE CASE {found} {cases} ELSE {_whole(f, words, name, text, write)} END END"
    )


def _whole(f: Field, words: dict[str, int], name: str, text: str, write: Dialect) -> str:
    """The code of a text that is no word: that of a whole number, written in another form."""
    numbers = {n: code for word, code in words.items() if (n := _number(word)) is not None}
    if f.kind is Kind.LEVEL:
        numbers = {n: n for n in range(3)}
    if not numbers:
        return str(MALFORMED)
    cases = " ".join(f"WHEN {n} THEN {code}" for n, code in numbers.items())
    other = OUT_OF_RANGE if f.kind is Kind.LEVEL else MALFORMED
    rest = str(MALFORMED)
    if write.exponents:
        # The type is asked, for in a column of texts an exponent is malformed. A REAL is left, for
        # its text has too few digits to say which number it is.
        number = f"TRY_CAST({text} AS {write.double})"
        rest = (
            f"CASE WHEN TYPEOF({name}) = 'double' AND {number} BETWEEN -{_MOST} AND {_MOST} "
            f"AND FLOOR({number}) = {number} "
            f"THEN CASE CAST({number} AS INTEGER) {cases} ELSE {other} END ELSE {MALFORMED} END"
        )
    return (
        f"CASE WHEN REGEXP_REPLACE({text}, '{_WHOLE}', '') = '' "
        f"THEN CASE CAST(CAST({text} AS {write.double}) AS INTEGER) {cases} ELSE {other} END "
        f"ELSE {rest} END"
    )
