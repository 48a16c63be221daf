"""Band tables: a rule that gives scores their bands, and the document it comes from.

See docs/bands/index.md for what happens to missing values, infinities and values the table does
not cover.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

import attrs

from riskbands import _toml
from riskbands.bands import files, library, line
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.bands.intervals import Closed, Interval, Rounding, RoundingMode
from riskbands.bands.intervalscale import IntervalScale
from riskbands.bands.parts import (
    Decision,
    Gap,
    Policy,
    PrintedOrigin,
    Region,
    Status,
    Unit,
    as_ids,
    as_status,
    as_texts,
    is_text,
)
from riskbands.bands.scale import (
    ANY_SCORE,
    MODIFIED,
    NOT_APPLICABLE,
    Band,
    BandScale,
    NotApplicable,
)
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path
    from typing import Unpack

    from matplotlib.axes import Axes

__all__ = [
    "MISSING_CODE",
    "NOT_APPLICABLE",
    "NOT_APPLICABLE_CODE",
    "Band",
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

PolicyName: TypeAlias = Literal["raise", "none", "clamp"]
UnitName: TypeAlias = Literal["percent", "probability", "points"]
StatusName: TypeAlias = Literal["published", "deployed", "superseded", "test", "custom"]


class Document(TypedDict, total=False):
    """Attributes of a table besides its id and what makes its intervals."""

    below: Policy | PolicyName
    above: Policy | PolicyName
    missing: Policy | Literal["raise", "none"]
    score: str
    applies_to: str | Iterable[str]
    unit: Unit | UnitName
    title: str
    source: str
    dates: str
    status: Status | StatusName
    licence: str
    notes: Iterable[str]


class Attributes(Document, total=False):
    """Attributes of a table besides its id, labels and intervals."""

    gaps: Iterable[Gap]
    rounding: Rounding | None
    origin: PrintedOrigin | None


class Changes(Attributes, total=False):
    """Attributes that a copy may have changed."""

    id: str
    labels: Iterable[str]
    intervals: Iterable[Interval | str]


#: What follows from the printed text and the decisions in the origin of a table.
_FROM_PRINT: Final = ("labels", "intervals", "gaps", "rounding")


@attrs.frozen(kw_only=True, eq=False, repr=False)
class BandTable(IntervalScale):
    """A scale whose bands are intervals of a score.

    Attributes:
        id: Stable identifier; ends in ``(modified)`` where a built-in table of that id has other
            content.
        labels: Names of the bands, lowest first.
        intervals: The scores of each band, after rounding; rising, without overlap, and without
            a hole that ``gaps`` does not declare.
        gaps: Holes that are known of.
        rounding: How a score is rounded before banding, or None. Points that are no whole number
            are refused by a table in points that does not round.
        below: What a score below the first interval gets (minus infinity is always below).
        above: What a score above the last interval gets (infinity is always above; so is a
            percentage above 100 or a probability above 1, although the last interval may have no
            upper limit).
        missing: What a missing score gets: ``none`` or ``raise``, never a band.
        score: What is banded, in words.
        applies_to: What it is for: ids of predictors, or of other scores. Empty where it does not
            say. A predictor that is not among them refuses it.
        unit: What the score is counted in.
        title: Short name of the table.
        source: Citation.
        dates: When it stood, as far as its source shows.
        status: Whether it was printed, is in use, was replaced, or is the caller's own.
        licence: Licence of the source, where it has one.
        notes: What a reader should know.
        origin: The printed text and the decisions, for a table built from one.

    Raises:
        TableError: The intervals are out of order, overlap, or leave an undeclared hole.

    Examples:
        >>> table = BandTable.from_edges("demo", ["Low", "High"], ["0", "6.9", "100"])
        >>> table.classify(6.9)
        High [6.9, 100)
    """

    score: str = attrs.field(default="", validator=is_text)
    applies_to: tuple[str, ...] = attrs.field(default=(), converter=as_ids)
    title: str = attrs.field(default="", validator=is_text)
    source: str = attrs.field(default="", validator=is_text)
    dates: str = attrs.field(default="", validator=is_text)
    status: Status = attrs.field(default=Status.CUSTOM, converter=as_status)
    licence: str = attrs.field(default="", validator=is_text)
    notes: tuple[str, ...] = attrs.field(default=(), converter=as_texts)
    origin: PrintedOrigin | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(attrs.validators.instance_of(PrintedOrigin)),
    )

    def _deciding(self) -> dict[str, object]:
        return {**super()._deciding(), "applies_to": sorted(self.applies_to)}

    @classmethod
    def from_edges(
        cls,
        id: str,  # noqa: A002 - the name of the attribute
        labels: Sequence[str],
        edges: Sequence[int | str | Decimal],
        *,
        closed: Closed | Literal["lower", "upper"] = Closed.LOWER,
        include_ends: bool = False,
        **rest: Unpack[Attributes],
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
        intervals = line.from_edges(id, len(labels), edges, closed, include_ends=include_ends)
        return cls(id=id, labels=labels, intervals=intervals, **rest)

    def replace(self, **changes: Unpack[Changes]) -> BandTable:
        """A copy with some attributes changed.

        Unless ``changes`` names an id, the copy says so in its own: ``rsr-2025 (modified)``. Other
        labels, intervals, gaps or rounding no longer follow from the printed text: the copy has no
        origin then.
        """
        if not changes.keys().isdisjoint(_FROM_PRINT):
            changes.setdefault("origin", None)
        changes.setdefault("id", f"{self.id.removesuffix(MODIFIED)}{MODIFIED}")
        return attrs.evolve(self, **changes).marked()

    def marked(self) -> BandTable:
        """This table; where a built-in one of its id has other content, with that in its id.

        Examples:
            >>> BandTable.from_edges("rsr-2025", ["Low", "High"], [0, 50, 100]).marked().id
            'rsr-2025 (modified)'
        """
        if self.id not in library.built_in_ids():
            return self
        if _built_in(self.id).digest == self.digest:
            return self
        return attrs.evolve(self, id=self.id + MODIFIED)

    def banding(self, score: str, *, any_score: bool = False) -> BandTable:
        """This table for the scores of a predictor; its id says what a reader must know.

        A table that does not say what it is for is taken as it is, unless it is an edited copy of
        a built-in one: then it is for the same scores.

        Args:
            score: Id of the predictor.
            any_score: Take a table that is for other scores too; ``(any score)`` is then part of
                its id, and so of every result.

        Raises:
            TableError: The table is for other scores.
        """
        table = self.marked()
        known, name = table.applies_to, table.id.removesuffix(MODIFIED)
        if not known and name in library.built_in_ids():
            known = _built_in(name).applies_to
        if not known or score in known:
            return table
        if not any_score:
            raise TableError(
                f"{self.id} bands {', '.join(known)}, not {score}: the same number of "
                "another score can mean another band. Choose a table for it; or pass any_score "
                "(any_score=True, --any-score) to use this one all the same, and every result "
                "says so"
            )
        name = f"{table.id.removesuffix(ANY_SCORE)}{ANY_SCORE}"
        return attrs.evolve(table, id=name, applies_to=(score,))

    @property
    def any_score(self) -> bool:
        """Whether the table is used for a score that it was not made for."""
        return self.id.endswith(ANY_SCORE)

    def to_dict(self) -> dict[str, Any]:
        """The table as plain data, of the form of the files; `from_dict` reads it back."""
        data: dict[str, Any] = {"id": self.id}
        for name in files.TEXTS:
            value = getattr(self, name)
            if text := getattr(value, "value", value):
                data[name] = text
        if self.applies_to:
            data["applies_to"] = list(self.applies_to)
        if self.notes:
            data["notes"] = list(self.notes)
        data["rounding"] = self.rounding.mode.value if self.rounding else "none"
        if self.rounding:
            data["digits"] = self.rounding.digits
        if self.origin:
            data["printed"] = [{"label": label, "text": text} for label, text in self.origin.rows]
            data["decision"] = [
                {key: list(value) if key == "between" else value for key, value in pairs.items()}
                for pairs in map(attrs.asdict, self.origin.decisions)
            ]
            return data
        data["band"] = [{"label": b.label, "interval": str(b.interval)} for b in self.bands]
        if self.gaps:
            data["gap"] = [
                {"interval": str(g.interval), "reason": g.reason, "values": g.values.value}
                for g in self.gaps
            ]
        return data

    def to_toml(self) -> str:
        """The table as TOML text, of the form of the built-in files."""
        return _toml.dumps(self.to_dict())

    def to_json(self) -> str:
        """The table as JSON text."""
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) + "\n"

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> BandTable:
        """The table from plain data; see `riskbands.bands.files.from_dict`."""
        return files.from_dict(data, BandTable).marked()

    @staticmethod
    def from_toml(text: str, name: str = "band table") -> BandTable:
        """The table from TOML text; see `riskbands.bands.files.from_toml`."""
        return files.from_toml(text, name, BandTable).marked()

    @staticmethod
    def from_json(text: str) -> BandTable:
        """The table from JSON text; see `riskbands.bands.files.from_json`."""
        return files.from_json(text, BandTable).marked()

    @staticmethod
    def from_file(path: str | Path) -> BandTable:
        """The table in a file; see `riskbands.bands.files.from_file`."""
        return files.from_file(path, BandTable).marked()

    def plot(self, *, ax: Axes | None = None) -> Axes:
        """A number line with the bands, and which edge belongs to which.

        Needs the ``[plot]`` extra.

        Args:
            ax: Axes to draw on; by default those of a new figure.

        Raises:
            MissingExtraError: Matplotlib is not installed.
        """
        from riskbands.bands.numberline import number_line

        bands = list(zip(self.labels, self.intervals, strict=True))
        gaps = [gap.interval for gap in self.gaps]
        title = f"{self.id} ({self.rounding or 'not rounded'})"
        return number_line(bands, gaps, self.unit.value, title, ax)

    def __repr__(self) -> str:
        bands = ", ".join(map(repr, self.bands))
        return f"<BandTable {self.id}: {bands}; {self.rounding or 'not rounded'}>"

    def __str__(self) -> str:
        lines = [f"{self.title or self.id} ({self.unit.value}, {self.rounding or 'not rounded'})"]
        names = [band.label for band in self.bands] + ["no band"] * len(self.gaps)
        wide = max(map(len, names))
        lines += [f"  {band.label:<{wide}}  {band.interval}" for band in self.bands]
        lines += [f"  {'no band':<{wide}}  {gap.interval}  {gap.reason}" for gap in self.gaps]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from riskbands.display import html_table

        caption = f"{self.title or self.id} ({self.rounding or 'not rounded'})"
        rows = [(band.label, str(band.interval)) for band in self.bands]
        rows += [("no band", str(gap.interval)) for gap in self.gaps]
        return html_table(("band", self.unit.value), rows, caption)


@functools.cache
def _built_in(name: str) -> BandTable:
    return files.from_toml(library.built_in_text(name), name, BandTable)
