"""OGRS3 written out again, several times, from the numbers of its file: the comparisons.

Nothing of the library's tables or arithmetic is used; only the published numbers are read.
"""

from __future__ import annotations

import csv
import functools
import math
import tomllib
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Columns = Mapping[str, NDArray[Any]]
    Scores = tuple[NDArray[np.float64], NDArray[np.uint8], NDArray[np.int8]]

__all__ = ["BAND_EDGES", "Numbers", "codes", "joint_tables", "numbers", "plain_numpy", "row_wise"]

#: OGRS3 two years: medium from 50 %, high from 75 %, very high from 90 %.
BAND_EDGES = (50, 75, 90)
_SANCTIONS, _CAREER, _AGES = 1023, 109, (10, 109)


@dataclass(frozen=True)
class Numbers:
    """The published numbers.

    Attributes:
        ages: Least age of each band.
        male: Weight of each age band.
        female: Likewise.
        groups: Offence groups in alphabetical order.
        offences: Weight of each group.
        first: Weight of a first sanction.
        repeat: Weight of a repeat sanction.
        copas: Weight of the Copas rate.
        years: Years added to the career.
        intercept: By horizon.
    """

    ages: NDArray[np.int64]
    male: NDArray[np.float64]
    female: NDArray[np.float64]
    groups: tuple[str, ...]
    offences: NDArray[np.float64]
    first: float
    repeat: float
    copas: float
    years: float
    intercept: Mapping[str, float]


@functools.cache
def numbers() -> Numbers:
    """Read the file of ``ogrs3-2009``."""
    path = resources.files("riskbands") / "data" / "coefficients" / "ogrs3-2009.toml"
    c = tomllib.loads(path.read_text("utf-8"))["coefficients"]
    starts = [int(k.rstrip("+").split("-")[0]) for k in c["age_male"]]
    groups = tuple(sorted(c["offence_group"]))
    return Numbers(
        np.array(starts),
        np.array([float(v) for v in c["age_male"].values()]),
        np.array([float(v) for v in c["age_female"].values()]),
        groups,
        np.array([float(c["offence_group"][g]) for g in groups]),
        float(c["first_sanction"]),
        float(c["repeat_sanction"]),
        float(c["copas"]),
        float(c["copas_years"]),
        {h: float(c[f"intercept_{h}"]) for h in ("1yr", "2yr")},
    )


@functools.cache
def codes() -> Mapping[str, str]:
    """Offence code to OGRS3 group, for the codes that have one."""
    path = resources.files("riskbands") / "data" / "offences.csv"
    known = set(numbers().groups)
    rows = csv.DictReader(path.read_text("utf-8").splitlines())
    return {r["code"]: r["ogrs3_group"] for r in rows if r["ogrs3_group"] in known}


def plain_numpy(x: Columns) -> Scores:
    """What one writes first: look-ups, logarithm, exponential, rounding, bands."""
    n = numbers()
    band = np.searchsorted(n.ages, x["age_at_follow_up"], side="right") - 1
    linear = n.intercept["2yr"] + np.where(x["sex"] == 0, n.male[band], n.female[band])
    linear += n.offences[x["offence_group"]]
    linear += np.where(x["sanctions"] == 1, n.first, n.repeat)
    linear += n.copas * np.log(x["sanctions"] / (n.years + x["career_years"]))
    p = 1.0 / (1.0 + np.exp(-linear))
    rounded = np.floor(p * 1e5 + 0.5) / 1e5
    percent = np.clip(np.floor(rounded * 100.0 + 0.5), 1, 99).astype(np.uint8)
    bands = np.searchsorted(BAND_EDGES, percent, side="right").astype(np.int8)
    return p, percent, bands


def row_wise(row: Any) -> int:
    """One row in plain Python, as it is written for ``DataFrame.apply``."""
    n = numbers()
    age = int(np.searchsorted(n.ages, row["age_at_follow_up"], side="right")) - 1
    linear = n.intercept["2yr"]
    linear += n.male[age] if row["sex"] == 0 else n.female[age]
    linear += n.offences[int(row["offence_group"])]
    linear += n.first if row["sanctions"] == 1 else n.repeat
    linear += n.copas * math.log(row["sanctions"] / (n.years + row["career_years"]))
    p = 1.0 / (1.0 + math.exp(-linear))
    percent = math.floor(math.floor(p * 1e5 + 0.5) / 1e5 * 100.0 + 0.5)
    return min(max(percent, 1), 99)


@functools.cache
def joint_tables() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint8]]:
    """Odds by sex, age and group (intercept included) and by sanctions and career; percents.

    The last has the percentage of every probability of five decimals.
    """
    n = numbers()
    low, high = _AGES
    band = np.searchsorted(n.ages, np.arange(low, high + 1), side="right") - 1
    by_age = np.stack([n.male[band], n.female[band]])
    first = np.exp(n.intercept["2yr"] + by_age[:, :, None] + n.offences)
    s = np.arange(1, _SANCTIONS + 1, dtype=np.float64)[:, None]
    rate = np.log(s / (n.years + np.arange(_CAREER + 1)))
    second = np.exp(n.copas * rate + np.where(s == 1, n.first, n.repeat))
    # m / 1e5 half up to two decimals: whole numbers, but for the doubles under their tie
    percents = [
        int((Decimal(m / 1e5) * 100).quantize(Decimal(1), ROUND_HALF_UP)) for m in range(100_001)
    ]
    return first.ravel(), second.ravel(), np.clip(percents, 1, 99).astype(np.uint8)
