"""The public door to the kernel: ready integer arrays in, probabilities, percents, bands out.

No dates, no text, nothing missing: the caller has the features as small whole numbers, under the
names of :mod:`riskbands.features`. Blocks that stay in cache are read from the joint tables, in
threads. The numbers are those of :func:`riskbands.score_cohort`, bit for bit.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands._elementwise import some
from riskbands.bands import BandArray
from riskbands.errors import InputErrorGroup, Issue, UnknownNameError
from riskbands.evaluate import ABSENT, Evaluation, Input
from riskbands.features import feature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from riskbands.evaluate import Truth
    from riskbands.predictor import Predictor

__all__ = ["FeatureScores", "run_blocks", "score_features"]

#: Rows scored at a time: their features and numbers stay in the caches.
BLOCK = 1 << 16
#: The name a caller uses for the predictor's own offence-group feature.
OFFENCE_GROUP = "offence_group"


def run_blocks(rows: int, work: Callable[[int, int], None], threads: int | None) -> None:
    """Call ``work(start, stop)`` for blocks of rows, in threads that share them out evenly.

    Args:
        rows: Number of rows.
        work: Must touch only its own rows of what it writes.
        threads: How many; by default one a processor.

    Raises:
        ValueError: ``threads`` is less than 1.
    """
    if threads is not None and threads < 1:
        raise ValueError("threads must be 1 or more")
    blocks = -(-rows // BLOCK)
    workers = min(threads or os.cpu_count() or 1, blocks)

    def several(worker: int) -> None:
        for block in range(worker * blocks // workers, (worker + 1) * blocks // workers):
            start = block * BLOCK
            work(start, min(start + BLOCK, rows))

    if workers <= 1:
        for start in range(0, rows, BLOCK):
            work(start, min(start + BLOCK, rows))
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(several, range(workers)))


@attrs.frozen(eq=False)
class FeatureScores:
    """Scores of ready features.

    Attributes:
        probability: float64 array by horizon: unrounded probability.
        percent: By horizon: uint8 whole percents, or float64 of two decimals.
        band: Bands, or None where the predictor has no band table.
        points: int16 array, or None.
    """

    probability: Mapping[str, NDArray[np.float64]]
    percent: Mapping[str, NDArray[Any]]
    band: BandArray | None
    points: NDArray[np.int16] | None


class _Ready(Evaluation):
    """An evaluation whose features are given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        super().__init__({})
        self._given = given

    def value(self, name: str) -> tuple[Any, Truth]:
        """The feature as given."""
        found = self._given.get(name)
        return (0, False) if found is None else (found, True)

    def read(self, name: str) -> Any:
        """The feature as given."""
        return self._given[name]

    def field(self, name: str) -> Input:
        """A field that is a feature by itself."""
        found = self._given.get(name)
        return ABSENT if found is None else Input(found, True)

    def _item(self, item: str) -> tuple[Any, Truth]:
        return self.value(item.removeprefix("."))


def score_features(
    predictor: Predictor,
    features: Mapping[str, Any],
    *,
    horizons: tuple[str, ...] | None = None,
    threads: int | None = None,
) -> FeatureScores:
    """Score ready features; see :meth:`riskbands.Predictor.score_features`."""
    wanted = predictor.horizons if horizons is None else tuple(horizons)
    for h in wanted:
        if h not in predictor.horizons:
            raise UnknownNameError("horizon", h, predictor.horizons)
    given, rows = _given(predictor, features)
    form = "auto"
    if predictor.has_forms:
        form = "extended" if all(f in given for f in predictor.features) else "brief"
    if wanted != predictor.horizons:
        predictor = attrs.evolve(predictor, horizons=wanted)
    predictor.prepare()
    probability = {h: np.empty(rows) for h in wanted}
    whole = predictor.rule.digits == 0
    percent: dict[str, NDArray[Any]] = {
        h: np.empty(rows, dtype=np.uint8 if whole else np.float64) for h in wanted
    }
    points = np.empty(rows, dtype=np.int16) if predictor.has_points else None
    bands = predictor.bands if predictor.banded in wanted or predictor.has_points else None
    codes = None if bands is None else np.full(rows, -1, dtype=np.int8)
    refused: list[Issue] = []

    def work(start: int, stop: int) -> None:
        rows_here = slice(start, stop)
        evaluation = _Ready({k: v[rows_here] for k, v in given.items()})
        outcome = predictor.outcome(evaluation, form)
        if outcome.ok is not True and not (some(outcome.ok) and bool(np.all(outcome.ok))):
            refused.extend(issue for issue, _ in outcome.issues)
            return
        for h in wanted:
            probability[h][rows_here] = outcome.p[h]
            if whole:
                percent[h][rows_here] = outcome.units[h]
            else:
                np.divide(outcome.units[h], 100.0, out=percent[h][rows_here])
        if points is not None:
            points[rows_here] = outcome.points
        if codes is not None and outcome.band is not None:
            codes[rows_here] = outcome.band

    run_blocks(rows, work, threads)
    if refused:
        raise InputErrorGroup.of(
            f"{predictor.name} cannot score these features", dict.fromkeys(refused)
        )
    band = None if codes is None or bands is None else BandArray(codes, bands)
    return FeatureScores(probability, percent, band, points)


def _given(predictor: Predictor, features: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The features the predictor reads, as integer arrays inside their domains.

    Raises:
        InputErrorGroup: One is missing, not of integers, of another length or out of its domain.
        UnknownNameError: One is not read by the predictor.
    """
    group = next((f for f in predictor.features if f.startswith(OFFENCE_GROUP)), None)
    readable = {f: f for f in predictor.features}
    readable |= {f: f for f in predictor.checked_features}
    if group is not None:
        readable[OFFENCE_GROUP] = group
    found: dict[str, Any] = {}
    problems: list[Issue] = []
    for name, column in features.items():
        if name not in readable:
            raise UnknownNameError(f"feature of {predictor.id}", name, readable)
        array = np.asarray(column)
        target = readable[name]
        problem = _problem(target, array, predictor.domain_of(target))
        if problem:
            problems.append(Issue("unusable_feature", (name,), f"feature {name} {problem}"))
        else:
            found[target] = array
    problems += [
        Issue("missing", (f,), f"feature {f} is missing")
        for f in predictor.needed_features
        if f not in found and not any(p.fields[0] in (f, OFFENCE_GROUP) for p in problems)
    ]
    lengths = {len(v) for v in found.values()}
    if len(lengths) > 1:
        problems.append(Issue("unequal_lengths", tuple(found), "features must have one length"))
    if problems:
        raise InputErrorGroup.of(f"{predictor.name} cannot score these features", problems)
    return found, lengths.pop() if lengths else 0


def _problem(name: str, array: NDArray[Any], domain: tuple[int, int] | None) -> str:
    """What is wrong with an array of a feature, or an empty text."""
    if array.ndim != 1:
        return "must have one dimension"
    if array.dtype.kind not in "biu":
        return f"must be of whole numbers, not {array.dtype}"
    if domain is None or not len(array):
        return ""
    low, high = domain
    if array.dtype.kind != "b" and not (low <= int(array.min()) and int(array.max()) <= high):
        return f"must be from {low} to {high} ({feature(name).meaning or name})"
    return ""
