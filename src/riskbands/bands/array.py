"""Bands of many scores: small codes and the scale they belong to."""

from __future__ import annotations

import importlib
import operator
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, overload

import attrs
import numpy as np

from riskbands.arithmetic.masked import is_masked
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.bands.scale import (
    MOST_LEVELS,
    NOT_APPLICABLE,
    Band,
    BandScale,
    Element,
    ManyBands,
    NotApplicable,
    rank_of,
)
from riskbands.errors import BandError, InputError, Issue, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from numpy.typing import DTypeLike, NDArray

__all__ = ["BandArray"]

#: What to do with *not applicable* in a categorical of another library.
Inapplicable: TypeAlias = Literal["missing", "level"]


def _code_error(message: str) -> InputError:
    return InputError(Issue("band_codes", (), message))


def _frozen_codes(codes: Any) -> NDArray[np.int8]:
    given = np.asarray(codes)
    if is_masked(codes) and given.dtype.kind in "iu":
        given = np.where(np.ma.getmaskarray(codes), MISSING_CODE, given.astype(np.int64))
    if given.ndim != 1 or (given.size and given.dtype.kind not in "iu"):
        raise _code_error("band codes are a row of whole numbers")
    if given.size and (int(given.min()) < NOT_APPLICABLE_CODE or int(given.max()) > MOST_LEVELS):
        raise _code_error("a band code is a rank, -1 or -2")
    view = given.astype(np.int8, copy=False).view()
    view.flags.writeable = False
    return view


@attrs.frozen(eq=False, repr=False)
class BandArray(ManyBands):
    """Bands of many scores: small codes and the scale they belong to.

    Comparing with a band or a label gives a bool array; missing and not applicable are never
    equal to, above or below a band, so they are False in every such comparison.

    Attributes:
        codes: int8, shape (n,), read-only: the rank of each band, -1 missing, -2 not applicable.
        scale: The scale or table. Arrays compare where their scales have the same id and content.

    Examples:
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
    __array_ufunc__ = None  # So that ``array == bands`` asks this class.

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
            else rank_of(label, scale)
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
        # In this order the codes -1 and -2 index from the end.
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
            if not scale.same_bands(other.scale):
                alike = ", which has other content" if other.scale.id == scale.id else ""
                raise BandError(
                    f"bands of {scale.id!r} cannot be compared with bands of "
                    f"{other.scale.id!r}{alike}: the same name can mean other scores"
                )
            if len(other) != len(self):
                raise BandError(f"{len(self)} bands cannot be compared with {len(other)}")
            return test(self.codes, other.codes) & (self.codes >= 0) & (other.codes >= 0)
        return test(self.codes, rank_of(other, scale)) & (self.codes >= 0)

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
            and self.scale.same_bands(other.scale)
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

    def _levels(self, inapplicable: Inapplicable) -> tuple[list[str], NDArray[np.int8], bool]:
        """Levels, lowest first, the place of each element among them, and whether they are ordered.

        Missing is -1.
        """
        choices = get_args(Inapplicable)
        if inapplicable not in choices:
            raise UnknownNameError("choice for inapplicable", str(inapplicable), choices)
        if inapplicable == "missing":
            return list(self.categories), np.maximum(self.codes, MISSING_CODE), True
        places = np.where(
            self.codes == NOT_APPLICABLE_CODE,
            0,
            np.where(self.codes == MISSING_CODE, MISSING_CODE, self.codes + np.int8(1)),
        ).astype(np.int8)
        return [str(NOT_APPLICABLE), *self.categories], places, False

    def to_pandas(self, *, inapplicable: Inapplicable = "missing") -> pd.Categorical:
        """A pandas Categorical, ordered: ``column >= "High"`` asks for the band or higher.

        Args:
            inapplicable: *Not applicable* is no band. ``"missing"`` makes it missing. ``"level"``
                makes it a level before all others; the categorical is not ordered then.

        Raises:
            MissingExtraError: pandas is not installed.
            UnknownNameError: ``inapplicable`` is neither.
        """
        pandas: Any = _library("pandas")
        levels, places, ordered = self._levels(inapplicable)
        made: pd.Categorical = pandas.Categorical.from_codes(
            places, categories=levels, ordered=ordered
        )
        return made

    def to_polars(self, *, inapplicable: Inapplicable = "missing") -> pl.Series:
        """A Polars Series of an Enum, whose order is that of the bands.

        Args:
            inapplicable: As for `to_pandas`. An Enum is always ordered; the level
                ``not_applicable`` comes first.

        Raises:
            MissingExtraError: Polars is not installed.
            UnknownNameError: ``inapplicable`` is neither.
        """
        polars: Any = _library("polars")
        levels, places, _ = self._levels(inapplicable)
        names = np.array([*levels, None], dtype=object)
        series: pl.Series = polars.Series(values=names[places].tolist(), dtype=polars.Enum(levels))
        return series

    def to_arrow(self, *, inapplicable: Inapplicable = "missing") -> pa.DictionaryArray:
        """An Arrow dictionary array, ordered.

        Args:
            inapplicable: As for `to_pandas`.

        Raises:
            MissingExtraError: pyarrow is not installed.
            UnknownNameError: ``inapplicable`` is neither.
        """
        arrow: Any = _library("pyarrow")
        levels, places, ordered = self._levels(inapplicable)
        made: pa.DictionaryArray = arrow.DictionaryArray.from_arrays(
            arrow.array(places, arrow.int8(), mask=places < 0),
            arrow.array(levels, arrow.string()),
            ordered=ordered,
        )
        return made

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

    def _repr_html_(self) -> str:
        from riskbands.display import html_table

        rows = [(label, f"{n:,}") for label, n in self.counts().items()]
        return html_table(("band", "n"), rows, f"{self.scale.id}, n = {len(self):,}")

    def __reduce__(self) -> tuple[object, ...]:
        return BandArray, (self.codes, self.scale)


def _library(name: str) -> Any:
    """Another library that this package does not need by itself.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtraError(f"{name} is not installed: pip install {name}") from error
