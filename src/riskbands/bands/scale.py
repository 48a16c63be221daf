"""Ordered levels: a band, the scale it belongs to, and an array of bands.

A `BandScale` is an ordered set of labels, with or without edges; a
`BandTable` is a scale that also says which scores get which label.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final, TypeAlias, final, overload

import attrs
import numpy as np

from riskbands.errors import BandError, InputError, Issue, TableError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    from riskbands.bands.intervals import Interval

__all__ = [
    "MISSING_CODE",
    "NOT_APPLICABLE",
    "NOT_APPLICABLE_CODE",
    "Band",
    "BandArray",
    "BandScale",
    "NotApplicable",
]

MISSING_CODE: Final = -1
NOT_APPLICABLE_CODE: Final = -2
#: Bands, gaps and ends of a table are counted in an int8.
_MOST_LEVELS: Final = 60


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

    def __reduce__(self) -> str:
        return "NOT_APPLICABLE"

    def _unordered(self, other: object) -> bool:
        raise BandError("NOT_APPLICABLE is no band: it is neither above nor below anything")

    __lt__ = __le__ = __gt__ = __ge__ = _unordered


NOT_APPLICABLE: Final = NotApplicable()


@attrs.frozen(eq=False, repr=False)
class Band:
    """One level of a scale.

    Bands of one scale are ordered. A band equals its label, so ``score.band == "Medium"`` reads
    as one would say it; two bands are equal only when they are of the same scale.

    Attributes:
        rank: Place in its scale, the lowest is 0.
        label: Its name.
        table_id: Id of the scale or table it belongs to.
        interval: The scores it covers (after the table's rounding), or None in a bare scale.
    """

    rank: int
    label: str
    table_id: str
    interval: Interval | None = None
    _labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.label

    def __repr__(self) -> str:
        return self.label if self.interval is None else f"{self.label} {self.interval}"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.label == other
        if isinstance(other, Band):
            return self._key() == other._key()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.label)

    def _key(self) -> tuple[object, ...]:
        return self.table_id, self.rank, self._labels, self.interval

    def _compare(self, other: object, better: Callable[[int, int], bool]) -> bool:
        if isinstance(other, BandArray):
            return NotImplemented  # type: ignore[no-any-return]  # the array compares each
        return better(self.rank, rank_of(other, self.table_id, self._labels))

    def __lt__(self, other: Band | str) -> bool:
        return self._compare(other, operator.lt)

    def __le__(self, other: Band | str) -> bool:
        return self._compare(other, operator.le)

    def __gt__(self, other: Band | str) -> bool:
        return self._compare(other, operator.gt)

    def __ge__(self, other: Band | str) -> bool:
        return self._compare(other, operator.ge)


def rank_of(level: object, table_id: str, labels: Sequence[str]) -> int:
    """The rank of a band or label in the scale ``table_id``.

    Raises:
        BandError: It is a band of another table, or neither band nor label.
        UnknownNameError: No band has that label.
    """
    if isinstance(level, Band):
        if level.table_id != table_id or level._labels != labels:
            raise BandError(
                f"{level.label!r} of {level.table_id!r} cannot be compared with the bands of "
                f"{table_id!r}: the same name can mean other scores; compare within one table"
            )
        return level.rank
    if not isinstance(level, str):
        raise BandError(
            f"a band of {table_id!r} compares with its bands and labels, "
            f"not with a value of type {type(level).__name__}"
        )
    if level not in labels:
        raise UnknownNameError(f"band of {table_id!r}", level, labels)
    return labels.index(level)


def _tuple_of_text(values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str):
        raise TableError("labels must be several names, lowest first, not one text")
    return tuple(values)


@attrs.frozen
class BandScale:
    """An ordered set of labels, lowest first, without edges.

    Some instruments give a level by category and not by score; their levels still have an order.

    Attributes:
        id: Stable identifier.
        labels: Names of the levels, lowest first, all different.
        bands: The levels.

    Example:
        >>> scale = BandScale("osp-iic", ("Low", "Medium", "High"))
        >>> scale.band("High") > scale.band("Low")
        True
    """

    id: str
    labels: tuple[str, ...] = attrs.field(converter=_tuple_of_text)
    bands: tuple[Band, ...] = attrs.field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._check_names(self.id, self.labels)
        object.__setattr__(self, "bands", self._make_bands())

    def _check_names(self, id_: object, labels: tuple[object, ...]) -> None:
        if not isinstance(id_, str) or not id_.strip() or not id_.isprintable():
            raise TableError("a band table needs an id: a short printable text")
        if not 1 <= len(labels) <= _MOST_LEVELS:
            raise TableError(f"{self.id}: a scale has from 1 to {_MOST_LEVELS} labels")
        for place, label in enumerate(labels, 1):
            if not isinstance(label, str) or label != label.strip() or not label:
                raise TableError(f"{self.id}: label {place} must be a text without outer spaces")
            if not label.isprintable() or label == str(NOT_APPLICABLE) or label == "missing":
                raise TableError(f"{self.id}: label {place} cannot be used as the name of a band")
        if len(set(labels)) < len(labels):
            raise TableError(f"{self.id}: two bands have the same label")

    def _make_bands(self) -> tuple[Band, ...]:
        return tuple(
            Band(rank, label, self.id, labels=self.labels) for rank, label in enumerate(self.labels)
        )

    def band(self, label_or_rank: str | int) -> Band:
        """The band with this label, or of this rank (0 is the lowest).

        Raises:
            UnknownNameError: No such label (the nearest are suggested) or rank.
            BandError: Neither a text nor a whole number.
        """
        if isinstance(label_or_rank, str):
            return self.bands[rank_of(label_or_rank, self.id, self.labels)]
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


Element: TypeAlias = Band | NotApplicable | None


def _code_error(message: str) -> InputError:
    return InputError(Issue("band_codes", (), message))


def _frozen_codes(codes: Any) -> NDArray[np.int8]:
    given = np.asarray(codes)
    if isinstance(codes, np.ma.MaskedArray) and given.dtype.kind in "iu":
        given = np.where(np.ma.getmaskarray(codes), MISSING_CODE, given.astype(np.int64))
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise _code_error("band codes are a row of whole numbers")
    if given.size and (int(given.min()) < NOT_APPLICABLE_CODE or int(given.max()) > _MOST_LEVELS):
        raise _code_error("a band code is a rank, -1 or -2")
    view = given.astype(np.int8, copy=False).view()
    view.flags.writeable = False
    return view


@attrs.frozen(eq=False, repr=False)
class BandArray:
    """Bands of many scores: small codes and the scale they belong to.

    Comparing with a band or a label gives a bool array; missing and not applicable are never
    equal to, above or below a band, so they are False in every such comparison.

    Attributes:
        codes: int8, shape (n,), read-only: the rank of each band, -1 missing, -2 not applicable.
        scale: The scale or table.

    Example:
        >>> scale = BandScale("demo", ("Low", "High"))
        >>> bands = BandArray([0, 1, -1, 1], scale)
        >>> bands.counts()
        {'Low': 1, 'High': 2, 'missing': 1}
        >>> bands == "High"
        array([False,  True, False,  True])
    """

    codes: NDArray[np.int8] = attrs.field(converter=_frozen_codes)
    scale: BandScale

    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = None  # so that ``array == bands`` asks this class

    def __attrs_post_init__(self) -> None:
        if self.codes.size and int(self.codes.max()) >= len(self.scale.labels):
            raise _code_error(f"a code is past the last band of {self.scale.id!r}")

    @classmethod
    def from_labels(cls, labels: Iterable[str | Element], scale: BandScale) -> BandArray:
        """The array with these labels; None is missing, ``"not_applicable"`` is that.

        Raises:
            UnknownNameError: A label is not of the scale.
        """
        codes = [
            MISSING_CODE
            if label is None
            else NOT_APPLICABLE_CODE
            if label == NOT_APPLICABLE
            else rank_of(label, scale.id, scale.labels)
            for label in labels
        ]
        return cls(codes, scale)

    @property
    def categories(self) -> tuple[str, ...]:
        """The labels of the scale, lowest first."""
        return self.scale.labels

    def __len__(self) -> int:
        return self.codes.size

    def __iter__(self) -> Iterator[Element]:
        elements = self._elements()
        return (elements[code] for code in self.codes.tolist())

    def _elements(self) -> tuple[Element, ...]:
        # in this order the codes -1 and -2 index from the end
        return (*self.scale.bands, NOT_APPLICABLE, None)

    @overload
    def __getitem__(self, index: int | np.integer[Any]) -> Element: ...
    @overload
    def __getitem__(self, index: slice | Sequence[int] | NDArray[Any]) -> BandArray: ...
    def __getitem__(self, index: Any) -> Element | BandArray:
        """One element for a whole number; a BandArray for a slice, a mask or positions."""
        chosen = self.codes[index]
        if isinstance(chosen, np.ndarray):
            return BandArray(chosen, self.scale)
        return self._elements()[int(chosen)]

    def _compare(
        self, other: object, test: Callable[[Any, Any], NDArray[np.bool_]]
    ) -> NDArray[np.bool_]:
        scale = self.scale
        if isinstance(other, BandArray):
            if other.scale != scale:
                raise BandError(
                    f"bands of {scale.id!r} cannot be compared with bands of {other.scale.id!r}"
                )
            if len(other) != len(self):
                raise BandError(f"{len(self)} bands cannot be compared with {len(other)}")
            return test(self.codes, other.codes) & (self.codes >= 0) & (other.codes >= 0)
        return test(self.codes, rank_of(other, scale.id, scale.labels)) & (self.codes >= 0)

    def __eq__(self, other: object) -> NDArray[np.bool_]:  # type: ignore[override]
        if isinstance(other, NotApplicable | str) and other == NOT_APPLICABLE:
            applicable: NDArray[np.bool_] = self.codes == NOT_APPLICABLE_CODE
            return applicable
        return self._compare(other, operator.eq)

    def __ne__(self, other: object) -> NDArray[np.bool_]:  # type: ignore[override]
        return self._compare(other, operator.ne)

    def __lt__(self, other: Band | str | BandArray) -> NDArray[np.bool_]:
        return self._compare(other, operator.lt)

    def __le__(self, other: Band | str | BandArray) -> NDArray[np.bool_]:
        return self._compare(other, operator.le)

    def __gt__(self, other: Band | str | BandArray) -> NDArray[np.bool_]:
        return self._compare(other, operator.gt)

    def __ge__(self, other: Band | str | BandArray) -> NDArray[np.bool_]:
        return self._compare(other, operator.ge)

    def equals(self, other: object) -> bool:
        """Whether ``other`` holds the same bands of the same scale, missing ones included."""
        return (
            isinstance(other, BandArray)
            and self.scale == other.scale
            and np.array_equal(self.codes, other.codes)
        )

    def counts(self) -> dict[str, int]:
        """How many of each label, lowest first; then missing and not applicable, if any."""
        counts = {label: self._count(rank) for rank, label in enumerate(self.categories)}
        for name, code in (("missing", MISSING_CODE), (str(NOT_APPLICABLE), NOT_APPLICABLE_CODE)):
            if n := self._count(code):
                counts[name] = n
        return counts

    def _count(self, code: int) -> int:
        return int(np.count_nonzero(self.codes == code))

    def to_numpy(self) -> NDArray[np.object_]:
        """Labels as an object array, shape (n,); missing is None."""
        names = np.array([*self.categories, str(NOT_APPLICABLE), None], dtype=object)
        labels: NDArray[np.object_] = names[self.codes]
        return labels

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray[np.object_]:
        if copy is False:
            raise ValueError("a BandArray holds codes: its labels are always a new array")
        labels = self.to_numpy()
        return labels if dtype is None else labels.astype(dtype)

    def __repr__(self) -> str:
        names = ["missing" if e is None else str(e) for e in self[:6]]
        if len(self) > len(names):
            names[3:] = ["...", *("missing" if e is None else str(e) for e in self[-2:])]
        return f"<BandArray {self.scale.id} n={len(self)}: {', '.join(names)}>"

    def __reduce__(self) -> tuple[object, ...]:
        return BandArray, (self.codes, self.scale)
