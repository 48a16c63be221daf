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
from riskbands.vocabulary.fields import MISSING_WORDS, NO_WORDS, YES_WORDS, Kind

if TYPE_CHECKING:
    from riskbands.bands.sql import Dialect
    from riskbands.vocabulary.fields import Field

__all__ = ["TYPES", "code_of", "given"]

VALID, MISSING, MALFORMED, OUT_OF_RANGE = 0, -1, -2, -3
#: What the column of each kind of field holds, for people.
TYPES = {
    Kind.DATE: "DATE",
    Kind.INT: "any integer type",
    Kind.LEVEL: "any integer type, or its words as text",
    Kind.BOOL: "BOOLEAN, 0 and 1, or yes and no as text",
    Kind.ENUM: "text: one of its words",
    Kind.OFFENCE_CODE: "text of five digits",
    Kind.OFFENCE_GROUP: "text: the name of a group",
}
_DIGITS = "0123456789"


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
            return _count(f, name)
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


def _count(f: Field, name: str) -> str:
    whole = f"CAST({name} AS INTEGER)"
    return (
        f"CASE WHEN {name} IS NULL THEN {MISSING} "
        f"WHEN {name} BETWEEN {f.low} AND {f.high} "
        f"THEN CASE WHEN {whole} = {name} THEN {whole} ELSE {MALFORMED} END "
        f"ELSE {OUT_OF_RANGE} END"
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
    """The code of every word a field may hold."""
    match f.kind:
        case Kind.BOOL:
            words = dict.fromkeys(sorted(YES_WORDS), 1) | dict.fromkeys(sorted(NO_WORDS), 0)
            words |= {alias: words[word] for alias, word in f.aliases.items()}
        case Kind.LEVEL:
            words = {form: n for n in range(3) for form in (f"{n}", f"{n}.0")}
            words |= {alias: int(level) for alias, level in f.aliases.items()}
        case Kind.ENUM:
            words = {word: n for n, word in enumerate(f.values)}
            words |= {alias: words[word] for alias, word in f.aliases.items()}
        case _:
            words = {word: n for n, word in enumerate(offences.all_groups())}
    return words


def _word(f: Field, name: str, write: Dialect) -> str:
    words = _words(f)
    found = f"LOWER(TRIM(COALESCE(CAST({name} AS {write.string}), '')))"
    missing = sorted(MISSING_WORDS)
    if any("_" in word for word in words):
        found = f"REPLACE(REPLACE({found}, ' ', '_'), '-', '_')"
        missing = [word.replace(" ", "_") for word in missing]
    cases = [f"WHEN {write.text(word)} THEN {code}" for word, code in words.items()]
    cases += [f"WHEN {write.text(word)} THEN {MISSING}" for word in missing]
    other = str(MALFORMED)
    if f.kind is Kind.LEVEL:
        rest = f"LENGTH(TRANSLATE({found}, '-_{_DIGITS}', ''))"  # a minus may now be an underscore
        other = f"CASE WHEN {rest} = 0 THEN {OUT_OF_RANGE} ELSE {MALFORMED} END"
    return f"CASE {found} {' '.join(cases)} ELSE {other} END"
