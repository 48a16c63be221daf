"""Columns of bands as practitioners' systems have them: found by name, read as one scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from riskbands._redact import column_labels
from riskbands.analysis.spelling import ordered_labels
from riskbands.bands.array import BandArray
from riskbands.bands.builtin import as_bands
from riskbands.bands.codes import MISSING_CODE, NOT_APPLICABLE_CODE
from riskbands.bands.scale import NOT_APPLICABLE, Band, BandScale
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.vocabulary.fields import is_missing
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskbands.cohorts.frames import Frame

__all__ = ["check_order", "codes_of", "column_of", "scale_of", "spelt_labels", "values_of"]


def column_of(
    cohort: Mapping[str, Any] | Frame, given: Any, which: str, old_name: Mapping[str, Any]
) -> Any:
    """The column of that name, or by its old name; what is no name is the column itself.

    Raises:
        UnknownNameError: There is none.
    """
    if not isinstance(given, str):
        return given
    given = old_name.get(given, given)
    if isinstance(cohort, Mapping):
        names: list[Any] = list(cohort)
        column = cohort.get(given)
    else:
        place = cohort.place_of(given)
        names, column = list(cohort.labels), None if place is None else cohort.column(place)
    if column is None:
        known = column_labels(names, built_in().fields, quoted=False)
        raise UnknownNameError(f"column for {which}", given, known)
    return column


def check_order(tables: Mapping[str, Any]) -> None:
    """Refuse Series of pandas whose rows are not those of the others, in the same order.

    Args:
        tables: Data frames and columns by name; those without an index are read by place.

    Raises:
        InputError: Two have another index.
    """
    known = {
        name: data.index
        for name, data in tables.items()
        if type(data).__module__.partition(".")[0] == "pandas"
    }
    if len(known) < 2:
        return
    first, *others = known
    for name in others:
        if not known[name].equals(known[first]):
            what = (
                f"{name} has another index than {first}: give {name} in the order of {first}, as "
                "with .reindex(), or as an array where its rows are in that order already"
            )
            raise InputError(Issue("contradiction", (name,), what))


def scale_of(before: Any, after: Any, scale: BandScale | str | None) -> BandScale:
    """The one scale that the columns and the argument agree on."""
    known = [c.scale for c in (before, after) if isinstance(c, BandArray)]
    if not known and scale is None:
        ordered = [labels for c in (before, after) if (labels := ordered_labels(c))]
        known = [
            BandScale("as ordered", tuple(x for x in labels if x != str(NOT_APPLICABLE)))
            for labels in dict.fromkeys(ordered)
        ]
    if scale is not None:
        known.append(as_bands(scale) if isinstance(scale, str) else scale)
    if not known:
        raise InputError(
            Issue("missing", ("scale",), "give scale: the bands, lowest first, of these labels")
        )
    if not all(s.same_bands(known[0]) for s in known):
        _refuse_scales(*(s.id for s in known))
    return BandScale(known[0].id, known[0].labels)


def _refuse_scales(*names: str) -> NoReturn:
    raise InputError(
        Issue(
            "contradiction",
            ("scale",),
            f"computed and final bands are of different scales ({', '.join(dict.fromkeys(names))});"
            " the same name can mean other scores",
        )
    )


def spelt_labels(scale: BandScale, spellings: Mapping[str, str]) -> dict[str, int]:
    """The code of every text that is a label, or is said to be one."""
    known = {label: rank for rank, label in enumerate(scale.labels)}
    known[str(NOT_APPLICABLE)] = NOT_APPLICABLE_CODE
    for label in spellings.values():
        if label not in known:
            raise UnknownNameError(f"band in {scale.id!r}", label, known)
    return {**{text: known[label] for text, label in spellings.items()}, **known}


def codes_of(
    column: Any, scale: BandScale, known: Mapping[str, int], which: str
) -> NDArray[np.int8]:
    """Ranks of the bands of a column, or the codes of what is none.

    Raises:
        InputError: A text is no label, or a band is of another scale; the message names the row.
    """
    if isinstance(column, BandArray):
        return column.codes
    values = values_of(column)
    codes = np.full(len(values), MISSING_CODE, dtype=np.int8)
    for row, value in enumerate(values):
        if isinstance(value, Band) and value.table_id != scale.id:
            _refuse_scales(scale.id, value.table_id)
        code = None if value is None else known.get(str(value))
        if code is not None:
            codes[row] = code
        elif not is_missing(value):
            raise InputError(
                Issue(
                    "malformed",
                    (which,),
                    f"row {row}, counted from 0: {which} must be one of "
                    f"{', '.join(scale.labels)}, {NOT_APPLICABLE}, or missing",
                )
            )
    return codes


def values_of(column: Any) -> list[Any]:
    """The values of a column, None where one is masked."""
    if isinstance(column, np.ma.MaskedArray):
        return list(column.tolist())
    if hasattr(column, "to_pylist"):
        return list(column.to_pylist())
    return list(column.tolist() if hasattr(column, "tolist") else column)
