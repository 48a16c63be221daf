"""Synthetic inputs, from fixed seeds: ready small integers, raw columns, dirty columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.ogrs3_plain import codes
from riskbands.vocabulary.fields import Kind, fields

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["compact", "dirty", "everything", "raw"]


def compact(rows: int, seed: int = 1) -> dict[str, NDArray[Any]]:
    """The features of OGRS3 as the smallest integers that hold them."""
    r = np.random.default_rng(seed)
    age = r.integers(18, 75, rows, dtype=np.uint8)
    career = np.minimum(r.integers(0, 60, rows, dtype=np.uint8), age - 10)
    sanctions = np.minimum(r.geometric(0.12, rows), 300).astype(np.int16)
    return {
        "sex": (r.random(rows, dtype=np.float32) < 0.15).astype(np.int8),
        "age_at_follow_up": age,
        "career_years": career.astype(np.uint8),
        "sanctions": sanctions,
        "offence_group": r.integers(0, 20, rows, dtype=np.int8),
    }


def _days(r: np.random.Generator, low: str, high: str, rows: int) -> NDArray[np.datetime64]:
    first, last = (int(np.datetime64(d, "D").astype(np.int64)) for d in (low, high))
    return r.integers(first, last, rows).astype("M8[D]")


def raw(rows: int, seed: int = 2) -> dict[str, Any]:
    """OGRS3's inputs as they come: dates, text, codes; no fault among them.

    Text is in object arrays, as pandas has it.
    """
    r = np.random.default_rng(seed)
    birth = _days(r, "1945-01-01", "2003-01-01", rows)
    conviction = _days(r, "2022-01-01", "2024-06-01", rows)
    listed = np.array(sorted(codes()), dtype=object)
    common = r.permutation(len(listed))[:300]
    sex = np.array(["male", "female"], dtype=object)
    return {
        "sex": sex[(r.random(rows) < 0.15).astype(np.intp)],
        "date_of_birth": birth,
        "conviction_date": conviction,
        "follow_up_date": conviction + r.integers(0, 300, rows),
        "offence_code": listed[common[r.integers(0, len(common), rows)]],
        "sanctions": np.minimum(r.geometric(0.12, rows), 300).astype(np.int64),
        "first_sanction_age": r.integers(10, 18, rows),
    }


def dirty(columns: Mapping[str, Any], share: float = 0.1, seed: int = 3) -> dict[str, Any]:
    """Some rows spoiled, each in one of five ways."""
    r = np.random.default_rng(seed)
    found = {k: v.copy() for k, v in columns.items()}
    rows = len(found["sex"])
    bad = np.flatnonzero(r.random(rows) < share)
    how = r.integers(0, 5, len(bad))
    found["sex"][bad[how == 0]] = None
    found["offence_code"][bad[how == 1]] = "99998"
    found["date_of_birth"][bad[how == 2]] = np.datetime64("NaT", "D")
    found["sanctions"][bad[how == 3]] = 0
    found["first_sanction_age"][bad[how == 4]] = 99
    return found


_COUNTS = (
    "contact_adult_sanctions",
    "contact_child_sanctions",
    "image_sanctions",
    "non_contact_sanctions",
)


def everything(rows: int, seed: int = 4) -> dict[str, Any]:
    """Every field of the adult predictors, complete, so that the extended forms are used."""
    r = np.random.default_rng(seed)
    found = raw(rows, seed)
    sanctions = found["sanctions"]
    found["assessment_date"] = found["follow_up_date"] + r.integers(0, 900, rows)
    found["violent_sanctions"] = np.minimum(r.integers(0, 6, rows), sanctions)
    found["supervision_status"] = np.where(r.random(rows) < 0.3, "custody", "community").astype(
        object
    )
    status = np.array(["living_together", "not_living_together"], dtype=object)
    found["relationship_status"] = status[r.integers(0, 2, rows)]
    for name, f in fields().items():
        if f.kind is Kind.BOOL:
            found[name] = (r.random(rows) < 0.2).astype(np.int8)
        elif f.kind is Kind.LEVEL:
            found[name] = r.integers(0, 3, rows).astype(np.int8)
    history = r.random(rows) < 0.12
    found["sexual_offence_history"] = history.astype(np.int8)
    for name in _COUNTS:
        found[name] = np.zeros(rows, dtype=np.int64)
    found["contact_adult_sanctions"][history] = 1
    long_ago = found["conviction_date"] - r.integers(0, 1500, rows).astype("m8[D]")
    found["last_sexual_offence_date"] = np.where(history, long_ago, np.datetime64("NaT", "D"))
    found["last_offence_date"] = found["conviction_date"] - r.integers(0, 200, rows).astype("m8[D]")
    return found
