"""Ordered levels: a band, and the scale it belongs to.

A `BandScale` is an ordered set of labels, with or without edges; a `BandTable` is a scale that
also says which scores get which label.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final, TypeAlias, final

import attrs

from riskbands._byfields import ByFields
from riskbands._digest import digest
from riskbands.errors import BandError, TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from riskbands.bands.intervals import Interval
    from riskbands.bands.sql import DialectName

__all__ = [
    "ANY_SCORE",
    "MODIFIED",
    "MOST_LEVELS",
    "NOT_APPLICABLE",
    "Band",
    "BandScale",
    "Element",
    "ManyBands",
    "NotApplicable",
    "rank_of",
]

#: Bands, gaps and ends of a table are counted in an int8.
MOST_LEVELS: Final = 60
#: What an id ends in where a reader must know of it.
MODIFIED: Final = " (modified)"
ANY_SCORE: Final = " (any score)"
REMARKS: Final = (MODIFIED, ANY_SCORE)


@final
class NotApplicable:
    """The result of a predictor that does not apply to a person; not a band, not missing."""

    __slots__ = ()

    def __str__(self) -> str:
        return "not_applicable"

    def __repr__(self) -> str:
        return "NOT_APPLICABLE"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NotApplicable):
            return True
        return other == str(self) if isinstance(other, str) else NotImplemented

    def __hash__(self) -> int:
        return hash("not_applicable")

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce__(self) -> str:
        return "NOT_APPLICABLE"

    def _unordered(self, other: object) -> bool:
        raise BandError("NOT_APPLICABLE is no band: it is neither above nor below anything")

    __lt__ = __le__ = __gt__ = __ge__ = _unordered


NOT_APPLICABLE: Final = NotApplicable()


class ManyBands:
    """What holds many bands, and compares each of them."""

    __slots__ = ()


@attrs.frozen(eq=False, repr=False)
class Band:
    """One level of a scale.

    Bands of one scale are ordered. A band equals its label, so ``score.band == "Medium"`` reads
    as one would say it. Two bands are equal only when they are of the same scale: one with the
    same id and the same content.

    Attributes:
        rank: Place in its scale, the lowest is 0.
        label: Its name.
        interval: The scores it covers (after the table's rounding), or None in a bare scale.
    """

    rank: int
    label: str
    _scale: BandScale
    interval: Interval | None = None

    @property
    def table_id(self) -> str:
        """Id of the scale or table it belongs to."""
        return self._scale.id

    def __str__(self) -> str:
        return self.label

    def __format__(self, spec: str) -> str:
        return format(self.label, spec)

    def __repr__(self) -> str:
        return self.label if self.interval is None else f"{self.label} {self.interval}"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.label == other
        if isinstance(other, Band):
            return self.rank == other.rank and _is_same(self._scale, other._scale)
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.label)

    def _compare(self, other: object, better: Callable[[int, int], bool]) -> bool:
        if isinstance(other, ManyBands):
            return NotImplemented  # type: ignore[no-any-return]  # the array compares each
        if isinstance(other, Band):
            _check_same(other, self._scale)
            return better(self.rank, other.rank)
        return better(self.rank, _rank_of_label(other, self._scale))

    def __lt__(self, other: Band | str) -> bool:
        return self._compare(other, operator.lt)

    def __le__(self, other: Band | str) -> bool:
        return self._compare(other, operator.le)

    def __gt__(self, other: Band | str) -> bool:
        return self._compare(other, operator.gt)

    def __ge__(self, other: Band | str) -> bool:
        return self._compare(other, operator.ge)


Element: TypeAlias = Band | NotApplicable | None


def rank_of(level: object, scale: BandScale) -> int:
    """The rank of a band or label in a scale.

    A scale without edges takes the bands of a table that has its id and its labels.

    Raises:
        BandError: It is a band of a scale with other content, or neither band nor label.
        UnknownNameError: No band has that label.
    """
    if isinstance(level, Band):
        own = level._scale
        bare = type(scale) is BandScale
        if not (bare and (own.id, own.labels) == (scale.id, scale.labels)):
            _check_same(level, scale)
        return level.rank
    return _rank_of_label(level, scale)


def _is_same(one: BandScale, other: BandScale) -> bool:
    return one is other or (one.id == other.id and one.digest == other.digest)


def _check_same(band: Band, scale: BandScale) -> None:
    if _is_same(band._scale, scale):
        return
    which = f"{scale.id!r}"
    if band.table_id == scale.id:
        which += ", which has the same id and other content"
    raise BandError(
        f"{band.label!r} of {band.table_id!r} cannot be compared with the bands of {which}: the "
        "same name can mean other scores; compare within one table"
    )


def _rank_of_label(level: object, scale: BandScale) -> int:
    if not isinstance(level, str):
        raise BandError(
            f"a band of {scale.id!r} compares with its bands and labels, "
            f"not with a value of type {type(level).__name__}"
        )
    if level not in scale.labels:
        raise UnknownNameError(f"band of {scale.id!r}", level, scale.labels)
    return scale.labels.index(level)


def _tuple_of_text(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TableError("labels must be several names, lowest first, not one text")
    return tuple(values)


@attrs.frozen(eq=False, repr=False)
class BandScale(ByFields):
    """An ordered set of labels, lowest first, without edges.

    Some instruments give a level by category and not by score; their levels still have an order.

    Attributes:
        id: Stable identifier.
        labels: Names of the levels, lowest first, all different.
        bands: The levels.

    Examples:
        >>> scale = BandScale("osp-iic", ("Low", "Medium", "High"))
        >>> scale.band("High") > scale.band("Low")
        True
    """

    id: str
    labels: tuple[str, ...] = attrs.field(converter=_tuple_of_text)
    bands: tuple[Band, ...] = attrs.field(init=False, eq=False, repr=False)
    _digest: str = attrs.field(default="", init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._check_names(self.id, self.labels)
        object.__setattr__(self, "bands", self._make_bands())

    @property
    def digest(self) -> str:
        """Of what decides, 16 hexadecimal digits: the same digest, the same bands."""
        if not self._digest:  # worked out when it is asked for: a first score does without
            object.__setattr__(self, "_digest", digest(self._deciding()))
        return self._digest

    def _deciding(self) -> dict[str, object]:
        """What two scales must have in common for their bands to be the same."""
        return {"id": self.id, "labels": self.labels}

    def _check_names(self, id_: object, labels: tuple[object, ...]) -> None:
        if not isinstance(id_, str) or not id_.strip() or not id_.isprintable():
            raise TableError("a band table needs an id: a short printable text")
        if id_ != id_.strip():
            raise TableError(f"{id_.strip()}: an id has no blank at its beginning or end")
        if not 1 <= len(labels) <= MOST_LEVELS:
            raise TableError(f"{self.id}: a scale has from 1 to {MOST_LEVELS} labels")
        for place, label in enumerate(labels, 1):
            if not isinstance(label, str) or label != label.strip() or not label:
                raise TableError(f"{self.id}: label {place} must be a text without outer spaces")
            if not label.isprintable() or label == str(NOT_APPLICABLE) or label == "missing":
                raise TableError(f"{self.id}: label {place} cannot be used as the name of a band")
        if len(set(labels)) < len(labels):
            raise TableError(f"{self.id}: two bands have the same label")

    @property
    def remarked(self) -> bool:
        """Whether its id says that it was edited, or that it is for other scores."""
        return self.id.endswith(REMARKS)

    def same_bands(self, other: BandScale) -> bool:
        """Whether bands of both compare: the same id and content; without edges, and labels."""
        if self.id != other.id:
            return False
        if BandScale in (type(self), type(other)):
            return self.labels == other.labels
        return self.digest == other.digest

    def _make_bands(self) -> tuple[Band, ...]:
        return tuple(Band(rank, label, self) for rank, label in enumerate(self.labels))

    def band(self, label_or_rank: str | int) -> Band:
        """The band with this label, or of this rank (0 is the lowest).

        Raises:
            UnknownNameError: No such label (the nearest are suggested) or rank.
            BandError: Neither a text nor a whole number.
        """
        if isinstance(label_or_rank, str):
            return self.bands[rank_of(label_or_rank, self)]
        try:
            rank = operator.index(label_or_rank)
        except TypeError:
            kind = type(label_or_rank).__name__
            raise BandError(
                f"a band is found by its label or rank, not by a value of type {kind}"
            ) from None
        if isinstance(label_or_rank, bool) or not 0 <= rank < len(self.bands):
            ranks = map(str, range(len(self.bands)))
            raise UnknownNameError(f"rank in {self.id!r}", str(label_or_rank), ranks)
        return self.bands[rank]

    def spelt(self, text: str) -> Band:
        """The band whose label was meant, whatever the case and the spaces of ``text``.

        A label that is exactly the text comes first.

        Raises:
            UnknownNameError: No label is spelt so.
            BandError: More than one label is; write the one that is meant.

        Examples:
            >>> BandScale("demo", ("Low", "Very High")).spelt("very  high")
            Very High
        """
        if text in self.labels:
            return self.band(text)
        alike = [label for label in self.labels if _folded(label) == _folded(text)]
        if len(alike) > 1:
            raise BandError(
                f"{self.id!r} has {len(alike)} bands that differ in case or spaces alone "
                f"({', '.join(alike)}): write the label exactly"
            )
        return self.band(alike[0] if alike else text)

    def rank_to_sql(self, column: str, dialect: DialectName = "duckdb") -> str:
        """Ranks of a column of labels, in SQL; see `riskbands.bands.sql.rank_case`."""
        from riskbands.bands.sql import rank_case

        return rank_case(self.labels, column, dialect)

    def at_least_to_sql(
        self, column: str, band: Band | str, dialect: DialectName = "duckdb"
    ) -> str:
        """Whether a column of labels is ``band`` or higher, in SQL.

        Databases compare labels as text, where High comes before Low. This compares the bands:
        NULL for a missing label, false for ``not_applicable`` and for what is no label.

        Args:
            column: Name of the column, unquoted.
            band: A band of this scale or its label.
            dialect: As for `BandTable.to_sql`.

        Raises:
            UnknownNameError: No band has that label, or the dialect is not known.
            BandError: It is a band of another scale.
            InputError: The column name cannot be used.

        Examples:
            >>> scale = BandScale("demo", ("Low", "Medium", "High"))
            >>> print(scale.at_least_to_sql("band", "Medium"))
            "band" IN ('Medium', 'High')
        """
        from riskbands.bands.sql import is_one_of

        return is_one_of(self.labels[rank_of(band, self) :], column, dialect)

    def _repr_html_(self) -> str:
        from riskbands.display import html_table

        rows = [(str(rank), label) for rank, label in enumerate(self.labels)]
        return html_table(("rank", "band"), rows, self.id)

    def __str__(self) -> str:
        return f"{self.id}: {' < '.join(self.labels)}"


def _folded(text: str) -> str:
    return " ".join(text.replace("_", " ").split()).casefold()
