"""The facts that a tier rule reads, and their columns as numbers and small codes.

One reader for a case and a cohort: a case is a cohort of one row. A fault stays its row's.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._frozen import FrozenDict
from riskbands.analysis.numbercolumn import NumberColumn
from riskbands.arithmetic import dates
from riskbands.arithmetic.truth import both, negate
from riskbands.arithmetic.units import SHORT_FLOATS
from riskbands.cohorts.seen import faults_in
from riskbands.errors import InputError, Issue
from riskbands.tiers.rule import LEVELS, REGISTERS
from riskbands.tiers.steps import Facts
from riskbands.vocabulary.fields import Field, Kind, is_missing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskbands.cohorts.columns import ColumnReader
    from riskbands.derivation.derive import Truth

__all__ = ["COLUMNS", "FIELDS", "NAMES", "PERCENTS", "Block", "Columns", "as_percent"]

_LEVEL_WORDS: Final = FrozenDict({"l": "low", "m": "medium", "h": "high", "v": "very_high"})
_FORM_WORDS: Final = FrozenDict({"brief": "static", "extended": "dynamic"})
_MAPPA_WORDS: Final = FrozenDict({str(n): f"m{n}" for n in range(1, 5)})


def _form(name: str) -> Field:
    return Field(name, Kind.ENUM, values=("static", "dynamic"), aliases=_FORM_WORDS)


_HUNDRED: Final = 100
#: Scores, in percent.
PERCENTS: Final = ("arp", "csrp", "dc_srp")
#: All other facts.
FIELDS: Final[Mapping[str, Field]] = FrozenDict(
    {
        f.name: f
        for f in (
            Field("has_active_event", Kind.BOOL),
            _form("arp_type"),
            _form("csrp_type"),
            Field(
                "dc_srp_band",
                Kind.ENUM,
                values=(*LEVELS, "not_applicable"),
                aliases=_LEVEL_WORDS,
            ),
            Field("rosh", Kind.ENUM, values=LEVELS, aliases=_LEVEL_WORDS),
            Field(
                "mappa_category",
                Kind.ENUM,
                values=("m1", "m2", "m3", "m4"),
                aliases=_MAPPA_WORDS,
            ),
            Field("lifer_ipp", Kind.BOOL),
            Field("latest_release_date", Kind.DATE),
            Field("domestic_abuse", Kind.BOOL),
            Field("stalking", Kind.BOOL),
            Field("child_protection", Kind.BOOL),
            Field("ever_committed_sexual_offence", Kind.BOOL),
            Field("today", Kind.DATE),
        )
    }
)
#: Registers are facts of the same name, but for one.
_FACT_OF: Final = {name: name for name in REGISTERS} | {
    "sexual_offences": "ever_committed_sexual_offence"
}
#: Every fact, in the order in which issues name them.
NAMES: Final = ("has_active_event", *PERCENTS, *(n for n in FIELDS if n != "has_active_event"))
#: Names that the column of a score has where a cohort was scored.
COLUMNS: Final[Mapping[str, str]] = FrozenDict({name: f"{name}_2yr" for name in PERCENTS})


def as_percent(value: Any) -> float | None:
    """A percentage as a number; None where it is missing.

    Raises:
        ValueError: It is no number.
    """
    if is_missing(value):
        return None
    allowed = int | float | Decimal | Fraction | str | np.integer | np.floating
    if isinstance(value, bool | np.bool_ | np.timedelta64) or not isinstance(value, allowed):
        raise ValueError("no number")
    if getattr(value, "dtype", None) in SHORT_FLOATS:
        value = str(value)  # its own shortest text: as a double it has other digits
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def _percents(name: str, column: Any) -> NumberColumn:
    """A column of percentages.

    Raises:
        InputError: It cannot be used at all.
    """
    found = NumberColumn(column, as_percent)
    if found.dimensions != 1:
        message = f"column {name} must have one dimension"
        raise InputError(Issue("unusable_column", (name,), message))
    return found


@attrs.frozen(eq=False)
class Block:
    """The facts of a block of rows, and the faults of their values.

    Attributes:
        facts: The facts; meaningless where there is a fault.
        active: bool: a sentence or event is active.
        open: bool: it is not known to be inactive.
        scored: Both scores are there.
        faults: Rows with a fault, by its text, such as ``malformed:rosh``.
    """

    facts: Facts
    active: NDArray[np.bool_]
    open: NDArray[np.bool_]
    scored: Truth
    faults: dict[str, NDArray[np.bool_]]


class Columns:
    """The columns of a cohort, read block by block.

    Args:
        columns: By fact, for a percentage its column, for another fact its reader; ``today`` may be
            given apart.
        today: The day of the calculation, where it is the same for all.

    Raises:
        InputError: A column cannot be used at all, or they differ in length.
    """

    def __init__(self, columns: Mapping[str, Any], today: dt.date | None) -> None:
        self._percents = {name: _percents(name, columns[name]) for name in PERCENTS}
        self._readers: dict[str, ColumnReader] = {n: columns[n] for n in FIELDS if n in columns}
        self._today = None if today is None else dates.pack(today)
        found = {name: len(column) for name, column in self._percents.items()}
        found |= {name: len(column) for name, column in self._readers.items()}
        if len(set(found.values())) > 1:
            rows = max(found.values(), key=list(found.values()).count)
            odd = ", ".join(f"{n} has {length}" for n, length in found.items() if length != rows)
            message = f"columns must have one length ({rows}); {odd}"
            raise InputError(Issue("unequal_lengths", tuple(found), message))
        self.rows = next(iter(found.values()))

    def block(self, start: int, stop: int) -> Block:
        """The facts of the rows from ``start`` to before ``stop``."""
        faults: dict[str, NDArray[np.bool_]] = {}
        percents = {name: self._percent(name, start, stop, faults) for name in PERCENTS}
        codes = {name: self._code(name, start, stop, faults) for name in self._readers}
        scored = both(*(negate(percents[name][1]) for name in ("arp", "csrp")))

        def small(name: str) -> NDArray[np.int8]:
            return codes[name].astype(np.int8, copy=False)

        if self._today is None:
            today = codes["today"].astype(np.int32, copy=False)
            unread = faults.get("malformed:today", False) | faults.get("out_of_range:today", False)
            _note(faults, "missing:today", (today < 0) & ~np.asarray(unread))
        else:
            today = np.full(stop - start, self._today, np.int32)
        active = codes["has_active_event"]
        if int(active.min(initial=0)) < 0:
            unread = np.asarray(faults.get("malformed:has_active_event", False))
            _note(faults, "missing:has_active_event", (active < 0) & ~unread)
        facts = Facts(
            arp=percents["arp"][0],
            csrp=percents["csrp"][0],
            arp_type=small("arp_type"),
            csrp_type=small("csrp_type"),
            dc_srp=percents["dc_srp"][0],
            dc_srp_band=small("dc_srp_band"),
            rosh=small("rosh"),
            mappa=codes["mappa_category"] >= 0,
            lifer=codes["lifer_ipp"] == 1,
            released=codes["latest_release_date"].astype(np.int32, copy=False),
            today=today,
            registers=tuple(codes[_FACT_OF[name]] == 1 for name in REGISTERS),
        )
        return Block(facts, active == 1, active != 0, scored, faults)

    def _percent(
        self, name: str, start: int, stop: int, faults: dict[str, NDArray[np.bool_]]
    ) -> tuple[NDArray[np.float64], Truth]:
        """Percentages, and where there is none."""
        values, bad = self._percents[name].block(start, stop)
        with np.errstate(invalid="ignore"):
            if len(values) and values.min() >= 0 and values.max() <= _HUNDRED:
                return values, False  # a NaN is its own minimum, and no less than anything
            outside = (values < 0) | (values > _HUNDRED)
        _note(faults, f"out_of_range:{name}", outside)
        if bad is not None:
            _note(faults, f"malformed:{name}", bad)
        return values, np.isnan(values)

    def _code(
        self, name: str, start: int, stop: int, faults: dict[str, NDArray[np.bool_]]
    ) -> NDArray[Any]:
        """Codes, negative where there is none."""
        codes = self._readers[name].codes(start, stop)
        for code, rows in faults_in(codes).items():
            _note(faults, f"{code}:{name}", rows)
        return codes


def _note(faults: dict[str, NDArray[np.bool_]], text: str, rows: Any) -> None:
    if rows.any():
        faults[text] = faults[text] | rows if text in faults else rows
