"""Band tables: which scores get which label, exactly.

A table is a row of intervals without overlap; a gap between two of them must be declared. The
score is rounded first where the instrument rounds, and the rounding is worked into the edges
when the table is made: at run time a score is only compared. See docs/bands/index.md for what
happens to missing values, infinities and values the table does not cover.
"""

from __future__ import annotations

import html
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeAlias, overload

import attrs
import numpy as np

from riskbands.bands.classifier import Classifier, as_number, is_row
from riskbands.bands.intervals import (
    INFINITY,
    Closed,
    Cut,
    Interval,
    Rounding,
    RoundingMode,
    as_closed,
    as_decimal,
)
from riskbands.bands.parts import (
    Decision,
    Gap,
    Policy,
    PrintedOrigin,
    Region,
    Status,
    Unit,
    as_interval,
    as_policy,
    as_status,
    as_unit,
    check_text,
    is_text,
)
from riskbands.bands.scale import (
    MISSING_CODE,
    NOT_APPLICABLE,
    NOT_APPLICABLE_CODE,
    Band,
    BandArray,
    BandScale,
    NotApplicable,
)
from riskbands.errors import BandError, InputError, Issue, TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from numpy.typing import NDArray

    from riskbands.bands.intervals import Exact

__all__ = [
    "MISSING_CODE",
    "NOT_APPLICABLE",
    "NOT_APPLICABLE_CODE",
    "Band",
    "BandArray",
    "BandScale",
    "BandTable",
    "Closed",
    "Decision",
    "Gap",
    "Interval",
    "NotApplicable",
    "Policy",
    "PrintedOrigin",
    "Region",
    "Rounding",
    "RoundingMode",
    "Status",
    "Unit",
]

Refused: TypeAlias = Literal["raise", "missing"]

_REFUSED_CODE: Final = -3
_MODIFIED: Final = " (modified)"
#: What follows from the printed text and the decisions in the origin of a table.
_FROM_PRINT: Final = ("labels", "intervals", "gaps", "rounding")
_CODES: Final = {Policy.RAISE: _REFUSED_CODE, Policy.NONE: MISSING_CODE}


def _intervals(values: Iterable[Interval | str]) -> tuple[Interval, ...]:
    if isinstance(values, str):
        raise TableError("intervals must be one for each label, not one text")
    return tuple(as_interval(value) for value in values)


def _gaps(values: Iterable[Gap]) -> tuple[Gap, ...]:
    gaps = tuple(values)
    if not all(isinstance(gap, Gap) for gap in gaps):
        raise TableError("gaps must be Gap objects, each with its interval and reason")
    return gaps


def _notes(values: Iterable[str]) -> tuple[str, ...]:
    notes = () if isinstance(values, str) else tuple(values)
    if isinstance(values, str) or not all(isinstance(note, str) for note in notes):
        raise TableError("notes must be several texts, not one")
    for note in notes:
        check_text(note, "a note")
    return notes


@attrs.frozen(kw_only=True, repr=False)
class BandTable(BandScale):
    """A scale whose bands are intervals of a score.

    Attributes:
        id: Stable identifier.
        labels: Names of the bands, lowest first.
        intervals: The scores of each band, after rounding; rising, without overlap, and without
            a hole that ``gaps`` does not declare.
        gaps: Holes that are known of.
        rounding: How a score is rounded before banding, or None.
        below: What a score below the first interval gets (minus infinity is always below).
        above: What a score above the last interval gets (infinity is always above).
        missing: What a missing score gets: ``none`` or ``raise``, never a band.
        score: What is banded, in words.
        unit: What the score is counted in.
        title: Short name of the table.
        source: Citation.
        status: Whether it was printed, is in use, was replaced, or is the caller's own.
        licence: Licence of the source, where it has one.
        notes: What a reader should know.
        origin: The printed text and the decisions, for a table built from one.

    Raises:
        TableError: The intervals are out of order, overlap, or leave an undeclared hole.

    Example:
        >>> table = BandTable.from_edges("demo", ["Low", "High"], ["0", "6.9", "100"])
        >>> table.classify(6.9)
        High [6.9, 100)
    """

    intervals: tuple[Interval, ...] = attrs.field(converter=_intervals)
    gaps: tuple[Gap, ...] = attrs.field(default=(), converter=_gaps)
    rounding: Rounding | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.instance_of(Rounding))
    )
    below: Policy = attrs.field(default=Policy.RAISE, converter=as_policy)
    above: Policy = attrs.field(default=Policy.RAISE, converter=as_policy)
    missing: Policy = attrs.field(default=Policy.NONE, converter=as_policy)
    score: str = attrs.field(default="", validator=is_text)
    unit: Unit = attrs.field(default=Unit.PERCENT, converter=as_unit)
    title: str = attrs.field(default="", validator=is_text)
    source: str = attrs.field(default="", validator=is_text)
    status: Status = attrs.field(default=Status.CUSTOM, converter=as_status)
    licence: str = attrs.field(default="", validator=is_text)
    notes: tuple[str, ...] = attrs.field(default=(), converter=_notes)
    origin: PrintedOrigin | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(attrs.validators.instance_of(PrintedOrigin)),
    )
    _pieces: tuple[tuple[Interval, Gap | None], ...] = attrs.field(init=False, eq=False)
    _classifier: Classifier = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if len(self.intervals) != len(self.labels):
            raise TableError(
                f"{self.id}: {len(self.labels)} labels need as many intervals, "
                f"not {len(self.intervals)}"
            )
        if self.missing is Policy.CLAMP:
            raise TableError(f"{self.id}: missing is 'none' or 'raise'; missing is never a band")
        pieces: list[tuple[Interval, Gap | None]] = [(i, None) for i in self.intervals]
        self._check_joins(pieces)
        object.__setattr__(self, "_pieces", tuple(pieces))
        object.__setattr__(self, "_classifier", self._compile())

    def _make_bands(self) -> tuple[Band, ...]:
        ranks = enumerate(zip(self.labels, self.intervals, strict=False))
        return tuple(Band(rank, label, self.id, i, self.labels) for rank, (label, i) in ranks)

    def _check_joins(self, pieces: list[tuple[Interval, Gap | None]]) -> None:
        """Prove that bands rise and that bands and gaps meet; put ``pieces`` in order."""
        for place, (one, two) in enumerate(pairwise(self.intervals)):
            if not one.start < two.start:
                raise TableError(
                    f"{self.id}: bands must rise, but {self.labels[place + 1]!r} {two} does not "
                    f"start past {self.labels[place]!r} {one}"
                )
        pieces += [(gap.interval, gap) for gap in self.gaps]
        pieces.sort(key=lambda piece: piece[0].start)
        for (one, _), (two, _) in pairwise(pieces):
            if one.end > two.start:
                raise TableError(
                    f"{self.id}: {one} and {two} overlap; a score belongs to one band only"
                )
            if one.end < two.start:
                raise TableError(
                    f"{self.id}: {Interval.between(one.end, two.start)} belongs to no band; "
                    "move an edge, or declare a Gap with the reason for it"
                )
        if pieces[0][1] or pieces[-1][1]:
            raise TableError(f"{self.id}: a gap lies between two bands, not outside them")

    def _stated_cuts(self) -> tuple[Cut, ...]:
        return (*(interval.start for interval, _ in self._pieces), self._pieces[-1][0].end)

    def _compile(self) -> Classifier:
        exact = tuple(cut.before_rounding(self.rounding) for cut in self._stated_cuts())
        for (interval, _), (start, end) in zip(self._pieces, pairwise(exact), strict=True):
            if not start < end:
                raise TableError(f"{self.id}: no score rounds ({self.rounding}) into {interval}")
        ranks = iter(range(len(self.labels)))
        outcomes = (
            0 if self.below is Policy.CLAMP else _CODES[self.below],
            *(_CODES[gap.values] if gap else next(ranks) for _, gap in self._pieces),
            len(self.labels) - 1 if self.above is Policy.CLAMP else _CODES[self.above],
            _CODES[self.missing],
        )
        return Classifier(exact, outcomes)

    @classmethod
    def from_edges(
        cls,
        id: str,  # noqa: A002 - the name of the attribute
        labels: Sequence[str],
        edges: Sequence[int | str | Decimal],
        *,
        closed: Closed | Literal["lower", "upper"] = Closed.LOWER,
        include_ends: bool = False,
        **rest: Any,
    ) -> BandTable:
        """A table whose bands all meet, from one edge more than it has labels.

        Args:
            id: Identifier.
            labels: Names, lowest first.
            edges: Rising; whole numbers, Decimals or texts (``"6.9"``, ``"inf"``).
            closed: ``lower`` for ``[a, b)`` (an edge belongs to the band above it), ``upper``
                for ``(a, b]``.
            include_ends: Whether both the first and the last edge belong to the table.
            **rest: Any other attribute of the table.

        Raises:
            TableError: As for the class.
        """
        side = as_closed(closed)
        if side in (Closed.BOTH, Closed.NEITHER):
            raise TableError(f"{id}: closed is 'lower' or 'upper'; an edge belongs to one band")
        ends = [as_decimal(edge) for edge in edges]
        if len(ends) != len(labels) + 1:
            raise TableError(f"{id}: {len(labels)} labels need {len(labels) + 1} edges")
        intervals = []
        for place, (lower, upper) in enumerate(pairwise(ends)):
            with_lower = side is Closed.LOWER or (include_ends and place == 0)
            with_upper = side is Closed.UPPER or (include_ends and place == len(labels) - 1)
            closed_ends = Closed.of(
                lower=with_lower and lower.is_finite(), upper=with_upper and upper.is_finite()
            )
            intervals.append(Interval(lower, upper, closed_ends))
        return cls(id=id, labels=labels, intervals=intervals, **rest)

    def replace(self, **changes: Any) -> BandTable:
        """A copy with some attributes changed.

        Unless ``changes`` names an id, the copy says so in its own: ``rsr-2025 (modified)``. Other
        labels, intervals, gaps or rounding no longer follow from the printed text: the copy has no
        origin then.
        """
        if not changes.keys().isdisjoint(_FROM_PRINT):
            changes.setdefault("origin", None)
        changes.setdefault("id", f"{self.id.removesuffix(_MODIFIED)}{_MODIFIED}")
        return attrs.evolve(self, **changes)

    @property
    def edges(self) -> tuple[Decimal, ...]:
        """Every end of an interval once, rising; infinite where the table is unbounded."""
        return tuple(sorted({end for i in self.intervals for end in (i.lower, i.upper)}))

    @property
    def closed(self) -> Closed | None:
        """Which side owns the edges between bands; None where they differ, or there is none."""
        sides = {i.closed.lower for i in self.intervals[1:]}
        sides |= {not i.closed.upper for i in self.intervals[:-1]}
        if len(sides) != 1:
            return None
        return Closed.LOWER if sides.pop() else Closed.UPPER

    @property
    def thresholds(self) -> NDArray[np.float64]:
        """The rounding and the closed sides as doubles, rising.

        A double ``x`` is in band or gap ``i`` (in the order of the line) exactly when
        ``thresholds[i] <= x < thresholds[i + 1]``.
        """
        return np.array(self._classifier.doubles)

    @property
    def regions(self) -> tuple[Region, ...]:
        """The whole line, infinities included: below the table, its bands and gaps, above it."""
        lines = [
            pairwise([Cut(-INFINITY, True), *cuts, Cut(INFINITY, False)])
            for cuts in (self._classifier.cuts, self._stated_cuts())
        ]
        return tuple(
            Region(
                start=start,
                end=end,
                stated=stated,
                band=self.bands[code] if code >= 0 else None,
                refused=code == _REFUSED_CODE,
            )
            for (start, end), stated, code in zip(
                *lines, self._classifier.outcomes[:-1], strict=True
            )
        )

    @overload
    def classify(self, x: float | Exact | None, *, refused: Refused = ...) -> Band | None: ...
    @overload
    def classify(self, x: Any, *, refused: Refused = ...) -> Any: ...
    def classify(self, x: Any, *, refused: Refused = "raise") -> Band | BandArray | None:
        """The band of a score, or the bands of many.

        Args:
            x: A number (float, int, Decimal, Fraction, NumPy scalar), taken at its exact value;
                a missing value (None, NaN, a masked element, ``pandas.NA``); or a row of them: an
                array, masked array, list, tuple, or anything with ``__array__``.
            refused: ``"raise"``, or ``"missing"`` to give no band where this table would raise.

        Returns:
            A Band, or None for a missing value; a BandArray for a row of scores.

        Raises:
            InputError: A value has no band here (out of range, in a gap, or missing where the
                table says ``raise``); the message names the row and the rule.
            BandError: Not a number: bool, text, date, complex.
        """
        if is_row(x):
            codes = self.codes(x, refused=refused)
            if codes.ndim != 1:
                raise BandError("classify takes one row of scores; codes takes any shape")
            return BandArray(codes, self)
        number = as_number(x)
        code = self._classifier.code(number)
        if code >= 0:
            return self.bands[code]
        if code == _REFUSED_CODE and not _gives_missing(refused):
            self._refuse("the score", number)
        return None

    def codes(self, values: Any, *, refused: Refused = "raise") -> NDArray[np.int8]:
        """Ranks for an array of scores: the fast door.

        Args:
            values: Scores of any shape: an array of floats or whole numbers, or whatever
                `classify` takes as a row.
            refused: As for `classify`.

        Returns:
            int8 array of the same shape: the rank of each band, -1 where missing.

        Raises:
            InputError: As for `classify`; nothing is returned for the other rows.
            BandError: As for `classify`.
        """
        lenient = _gives_missing(refused)
        codes = self._classifier.codes(values)
        if codes.size and int(codes.min()) == _REFUSED_CODE:
            bad = codes == _REFUSED_CODE
            if not lenient:
                first = int(np.flatnonzero(bad)[0])
                flat = values if isinstance(values, list | tuple) else np.ma.ravel(values)
                more = int(np.count_nonzero(bad)) - 1
                others = f" (and {more} more)" if more else ""
                self._refuse(f"row {first}{others}, counted from 0,", as_number(flat[first]))
            codes[bad] = MISSING_CODE
        return codes

    def _refuse(self, who: str, number: float | Exact | None) -> NoReturn:
        place = None if number is None else self._classifier.place(number)
        if place is None:
            code, why = "missing", f"is missing, which {self.id} does not allow"
        elif place == 0:
            code, why = "out_of_range", f"lies below {self.id}, which starts at {self.intervals[0]}"
        elif place > len(self._pieces):
            code, why = "out_of_range", f"lies above {self.id}, which ends at {self.intervals[-1]}"
        else:
            interval, gap = self._pieces[place - 1]
            reason = gap.reason if gap else ""
            code, why = "in_gap", f"lies in the gap {interval} of {self.id}: {reason}"
        raise InputError(
            Issue(code, (), f"{who} {why}; correct it, or pass refused='missing' for no band")
        )

    # Files and SQL are built on this module and stand above it: they are imported when asked for.

    def to_dict(self) -> dict[str, Any]:
        """The table as plain data; see `riskbands.bands.files.to_dict`."""
        from riskbands.bands import files as bandfiles

        return bandfiles.to_dict(self)

    def to_toml(self) -> str:
        """The table as TOML text, of the form of the built-in files."""
        from riskbands.bands import files as bandfiles

        return bandfiles.to_toml(self)

    def to_json(self) -> str:
        """The table as JSON text."""
        from riskbands.bands import files as bandfiles

        return bandfiles.to_json(self)

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> BandTable:
        """The table from plain data; see `riskbands.bands.files.from_dict`."""
        from riskbands.bands import files as bandfiles

        return bandfiles.from_dict(data)

    @staticmethod
    def from_toml(text: str, name: str = "band table") -> BandTable:
        """The table from TOML text; see `riskbands.bands.files.from_toml`."""
        from riskbands.bands import files as bandfiles

        return bandfiles.from_toml(text, name)

    @staticmethod
    def from_json(text: str) -> BandTable:
        """The table from JSON text; see `riskbands.bands.files.from_json`."""
        from riskbands.bands import files as bandfiles

        return bandfiles.from_json(text)

    @staticmethod
    def from_file(path: str | Path) -> BandTable:
        """The table in a file; see `riskbands.bands.files.from_file`."""
        from riskbands.bands import files as bandfiles

        return bandfiles.from_file(path)

    @property
    def digest(self) -> str:
        """SHA-256 over the table's content, 64 hexadecimal digits; equal tables have the same."""
        from riskbands.bands import files as bandfiles

        return bandfiles.digest(self)

    def to_sql(self, column: str, dialect: str = "duckdb", *, refused: str | None = None) -> str:
        """The table as a CASE expression; see `riskbands.bands.sql.band_case`."""
        from riskbands.bands.sql import band_case

        return band_case(self, column, dialect, refused=refused)

    def __repr__(self) -> str:
        bands = ", ".join(map(repr, self.bands))
        return f"<BandTable {self.id}: {bands}; {self.rounding or 'not rounded'}>"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{html.escape(band.label)}</td><td>{band.interval}</td></tr>"
            for band in self.bands
        )
        caption = html.escape(f"{self.title or self.id} ({self.rounding or 'not rounded'})")
        return (
            f"<table><caption>{caption}</caption><thead><tr><th>Band</th><th>{self.unit.value}"
            f"</th></tr></thead><tbody>{rows}</tbody></table>"
        )


def _gives_missing(refused: str) -> bool:
    if refused not in ("raise", "missing"):
        raise UnknownNameError("choice for refused", str(refused), ("raise", "missing"))
    return refused == "missing"
