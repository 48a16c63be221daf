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
from riskbands.instruments import Regression
from riskbands.percent import Percent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from riskbands.evaluate import Truth
    from riskbands.instruments import FormTables
    from riskbands.predictor import Predictor

__all__ = ["FeatureScores", "run_blocks", "run_shares", "score_features"]

#: Rows scored at a time: their features and numbers stay in the caches.
BLOCK = 1 << 16
#: Rows whose table positions are worked out at a time: two or four bytes each.
OUTER = 1 << 18
#: The name a caller uses for the predictor's own offence-group feature.
OFFENCE_GROUP = "offence_group"


def run_shares(
    rows: int, work: Callable[[int, int], None], threads: int | None, block: int
) -> None:
    """Call ``work(start, stop)`` in threads, each with one even share of whole blocks.

    Args:
        rows: Number of rows.
        work: Must touch only its own rows of what it writes.
        threads: How many; by default one a processor.
        block: A share is a multiple of this many rows.

    Raises:
        ValueError: ``threads`` is less than 1.
    """
    if threads is not None and threads < 1:
        raise ValueError("threads must be 1 or more")
    blocks = -(-rows // block)
    workers = min(threads or os.cpu_count() or 1, blocks)
    if workers <= 1:
        work(0, rows)
        return
    edges = [min(rows, w * blocks // workers * block) for w in range(workers)] + [rows]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def run_blocks(rows: int, work: Callable[[int, int], None], threads: int | None) -> None:
    """Call ``work(start, stop)`` for every block of rows; see :func:`run_shares`."""

    def several(first: int, last: int) -> None:
        for start in range(first, last, BLOCK):
            work(start, min(start + BLOCK, last))

    run_shares(rows, several, threads, BLOCK)


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
    predictor.prepare()
    results = _Results.empty(predictor, wanted, rows)
    if isinstance(predictor, Regression):
        scorecard = predictor.scorecard(form)
        _check(predictor, given, rows)

        def share(start: int, stop: int) -> None:
            _fuse(scorecard, given, results, start, stop)

        run_shares(rows, share, threads, BLOCK)
    else:
        _by_outcomes(predictor, given, results, rows, form, threads)
    return results.finished()


@attrs.frozen(eq=False)
class _Results:
    """Where scores are written."""

    predictor: Predictor
    probability: dict[str, NDArray[np.float64]]
    percent: dict[str, NDArray[Any]]
    codes: NDArray[np.int8] | None
    points: NDArray[np.int16] | None

    @classmethod
    def empty(cls, predictor: Predictor, wanted: tuple[str, ...], rows: int) -> _Results:
        dtype: Any = np.float64 if predictor.rule.digits else np.uint8
        banded = predictor.bands is not None and (
            predictor.banded in wanted or predictor.has_points
        )
        return cls(
            predictor,
            {h: np.empty(rows) for h in wanted},
            {h: np.empty(rows, dtype=dtype) for h in wanted},
            np.full(rows, -1, dtype=np.int8) if banded else None,
            np.empty(rows, dtype=np.int16) if predictor.has_points else None,
        )

    def round(self, rows: slice) -> None:
        """Percentages and bands of rows whose probabilities are there."""
        rule, banded = self.predictor.rule, self.predictor.banded
        for h, column in self.probability.items():
            p, units = column[rows], self.percent[h][rows]
            if rule is Percent.WHOLE_AFTER_FIVE:
                Percent.settle(p, units)  # looked up already
            else:
                units = rule.units(p)
                self.put_units(h, rows, units)
            if self.codes is not None and h == banded:
                self.codes[rows] = self.predictor.band_codes(units, p)

    def put_units(self, horizon: str, rows: slice, units: Any) -> None:
        """Write percentages given in units of their last digit."""
        if self.predictor.rule.digits:
            np.divide(units, 10.0**self.predictor.rule.digits, out=self.percent[horizon][rows])
        else:
            self.percent[horizon][rows] = units

    def finished(self) -> FeatureScores:
        bands = self.predictor.bands
        band = None if self.codes is None or bands is None else BandArray(self.codes, bands)
        return FeatureScores(self.probability, self.percent, band, self.points)


def _fuse(
    scorecard: FormTables,
    given: Mapping[str, Any],
    results: _Results,
    start: int,
    stop: int,
) -> None:
    """Score rows of a regression straight into the results, without temporaries.

    The products are taken in the order of :meth:`FormTables.odds`, so the numbers are the same.
    """
    whole = results.predictor.rule is Percent.WHOLE_AFTER_FIVE
    outer = min(OUTER, stop - start)
    positions = [np.empty(outer, dtype=t.position_dtype) for t in scorecard.tables]
    steps = [np.empty(outer, dtype=t.position_dtype) for t in scorecard.tables]
    rest, spare = np.empty(BLOCK), np.empty(BLOCK)
    room = np.empty(BLOCK, dtype=np.int64)
    for begin in range(start, stop, OUTER):
        end = min(begin + OUTER, stop)
        features = {name: column[begin:end] for name, column in given.items()}
        for table, position, step in zip(scorecard.tables, positions, steps, strict=True):
            table.positions(features, position[: end - begin], step[: end - begin])
        for low in range(0, end - begin, BLOCK):
            high = min(low + BLOCK, end - begin)
            r, w = rest[: high - low], spare[: high - low]
            for n, table in enumerate(scorecard.tables[1:], start=1):
                np.take(table.odds, positions[n][low:high], out=r if n == 1 else w, mode="clip")
                if n > 1:
                    np.multiply(r, w, out=r)
            for h, column in results.probability.items():
                p = column[begin + low : begin + high]
                np.take(scorecard.first[h], positions[0][low:high], out=p, mode="clip")
                if len(scorecard.tables) > 1:
                    np.multiply(p, r, out=p)
                np.add(p, 1.0, out=w)
                np.divide(p, w, out=p)
                if whole:
                    percent = results.percent[h][begin + low : begin + high]
                    Percent.look_up(p, percent, room[: high - low])
        results.round(slice(begin, end))


def _check(predictor: Predictor, given: Mapping[str, Any], rows: int) -> None:
    """Refuse features that break a check of the predictor."""
    broken = []
    for rule in predictor.checks:
        if all(i in given for i in rule.inputs):
            for start in range(0, rows, OUTER):
                values = [given[i][start : start + OUTER] for i in rule.inputs]
                if bool(np.any(rule.fails(*values))):
                    broken.append(rule.issue())
                    break
    if broken:
        raise InputErrorGroup.of(f"{predictor.name} cannot score these features", broken)


def _by_outcomes(
    predictor: Predictor,
    given: Mapping[str, Any],
    results: _Results,
    rows: int,
    form: str,
    threads: int | None,
) -> None:
    """Score by the way of cohorts, for instruments that are no regression."""
    refused: list[Issue] = []

    def work(start: int, stop: int) -> None:
        here = slice(start, stop)
        evaluation = _Ready({k: v[here] for k, v in given.items()})
        outcome = predictor.outcome(evaluation, form)
        if not (some(outcome.ok) and bool(np.all(outcome.ok))):
            refused.extend(issue for issue, _ in outcome.issues)
            return
        for h in results.probability:
            results.probability[h][here] = outcome.p[h]
            results.put_units(h, here, outcome.units[h])
        if results.points is not None:
            results.points[here] = outcome.points
        if results.codes is not None and outcome.band is not None:
            results.codes[here] = outcome.band

    run_blocks(rows, work, threads)
    if refused:
        raise InputErrorGroup.of(
            f"{predictor.name} cannot score these features", dict.fromkeys(refused)
        )


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
