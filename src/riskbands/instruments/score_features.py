"""The public door to the kernel: ready integer arrays in, probabilities, percents, bands out.

No dates, no text, nothing missing: the caller has the features as small whole numbers, under the
names of `riskbands.vocabulary.features`. Blocks that stay in cache are read from the joint tables,
in threads. The numbers are those of `riskbands.score_cohort`, bit for bit.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from riskbands.arithmetic.truth import some
from riskbands.bands.array import BandArray
from riskbands.bands.codes import MISSING_CODE
from riskbands.derivation.derive import ABSENT, Derivation, Input
from riskbands.errors import InputErrorGroup, Issue, UnknownNameError
from riskbands.instruments import fused
from riskbands.instruments.kinds import Regression
from riskbands.vocabulary.features import feature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from riskbands.derivation.derive import Truth
    from riskbands.instruments.predictor import Predictor

__all__ = ["FeatureScores", "run_blocks", "run_shares", "score_features"]

#: Rows of a cohort scored at a time: their features and numbers stay in the caches.
BLOCK = 1 << 16
#: The name a caller uses for the predictor's own offence-group feature.
OFFENCE_GROUP = "offence_group"


def run_shares(
    rows: int,
    work: Callable[[int, int], None],
    threads: int | None,
    block: int,
    least: int = 1,
) -> None:
    """Call ``work(start, stop)`` in threads, each with one even share of whole blocks.

    Args:
        rows: Number of rows.
        work: Must touch only its own rows of what it writes.
        threads: How many at most; by default one a processor.
        block: A share is a multiple of this many rows.
        least: A further thread is not started for fewer rows.

    Raises:
        ValueError: ``threads`` is less than 1.
    """
    if threads is not None and threads < 1:
        raise ValueError("threads must be 1 or more")
    blocks = -(-rows // block)
    workers = min(threads or os.cpu_count() or 1, blocks, rows // least)
    if workers <= 1:
        work(0, rows)
        return
    edges = [min(rows, w * blocks // workers * block) for w in range(workers)] + [rows]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def run_blocks(rows: int, work: Callable[[int, int], None], threads: int | None) -> None:
    """Call ``work(start, stop)`` for every block of rows; see `run_shares`.

    Threads have blocks of twice the length: they wait for the interpreter's lock at every call.
    """
    block = BLOCK if (threads or os.cpu_count()) == 1 else 2 * BLOCK

    def several(first: int, last: int) -> None:
        for start in range(first, last, block):
            work(start, min(start + block, last))

    run_shares(rows, several, threads, block)


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
    _results: _Results = attrs.field(repr=False)


class _Ready(Derivation):
    """An derivation whose features are given."""

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
    out: FeatureScores | None = None,
) -> FeatureScores:
    """Score ready features; see `riskbands.Predictor.score_features`."""
    wanted = predictor.horizons if horizons is None else tuple(horizons)
    for h in wanted:
        if h not in predictor.horizons:
            raise UnknownNameError("horizon", h, predictor.horizons)
    given, names, rows = _given(predictor, features)
    form = "auto"
    if predictor.has_forms:
        form = "extended" if all(f in given for f in predictor.features) else "brief"
    predictor.prepare()
    results = _Results.empty(predictor, wanted, rows) if out is None else out._results
    if not results.fits(predictor, wanted, rows):
        raise ValueError("out must be of the same predictor, horizons and number of rows")
    refused: list[Issue] = []

    def share(start: int, stop: int) -> None:
        with _scorer(predictor, form, stop - start) as score:
            for first in range(start, stop, fused.OUTER):
                here = slice(first, min(first + fused.OUTER, stop))
                block = {name: column[here] for name, column in given.items()}
                found = _out_of_domain(predictor, block, names) or score(block, results, here)
                refused.extend(found)

    run_shares(rows, share, threads, fused.BLOCK, fused.SHARE)
    if refused:
        raise InputErrorGroup.of(
            f"{predictor.name} cannot score these features", dict.fromkeys(refused)
        )
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
            np.empty(rows, dtype=np.int8) if banded else None,
            np.empty(rows, dtype=np.int16) if predictor.has_points else None,
        )

    def fits(self, predictor: Predictor, wanted: tuple[str, ...], rows: int) -> bool:
        """Whether scores of so many rows can be written here."""
        same = self.predictor is predictor and tuple(self.probability) == wanted
        arrays: list[NDArray[Any]] = list(self.probability.values())
        arrays += [] if self.points is None else [self.points]
        return same and all(len(a) == rows for a in arrays)

    def finished(self) -> FeatureScores:
        bands = self.predictor.bands
        band = None if self.codes is None or bands is None else BandArray(self.codes, bands)
        return FeatureScores(self.probability, self.percent, band, self.points, self)


@contextmanager
def _scorer(
    predictor: Predictor, form: str, rows: int
) -> Iterator[Callable[[Mapping[str, Any], _Results, slice], Iterable[Issue]]]:
    """How a share of so many rows is scored, a block at a time; it gives what it refuses."""
    if not isinstance(predictor, Regression):
        yield lambda block, results, here: _by_outcome(predictor, form, block, results, here)
        return
    regressor = fused.Regressor(predictor, form, rows)
    checks = [c for c in predictor.checks if c.inputs]

    def score(block: Mapping[str, Any], results: _Results, here: slice) -> Iterable[Issue]:
        broken = [
            rule.issue()
            for rule in checks
            if all(i in block for i in rule.inputs)
            and bool(np.any(rule.fails(*(block[i] for i in rule.inputs))))
        ]
        if not broken:
            regressor.score(
                block,
                {h: column[here] for h, column in results.probability.items()},
                {h: column[here] for h, column in results.percent.items()},
                None if results.codes is None else results.codes[here],
            )
        return broken

    yield score
    regressor.release()


def _by_outcome(
    predictor: Predictor, form: str, block: Mapping[str, Any], results: _Results, here: slice
) -> Iterable[Issue]:
    """Score a block by the way of cohorts, for instruments that are no regression."""
    outcome = predictor.outcome(_Ready(block), form)
    if not (some(outcome.ok) and bool(np.all(outcome.ok))):
        return [issue for issue, _ in outcome.issues]
    for h, column in results.probability.items():
        column[here] = outcome.p[h]
        predictor.rule.write(outcome.units[h], results.percent[h][here])
    if results.points is not None:
        results.points[here] = outcome.points
    if results.codes is not None:
        results.codes[here] = MISSING_CODE if outcome.band is None else outcome.band
    return []


def _given(
    predictor: Predictor, features: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str], int]:
    """The features the predictor reads, as integer arrays; the caller's name of each; the rows.

    Raises:
        InputErrorGroup: One is missing, not of integers or of another length.
        UnknownNameError: One is not read by the predictor.
    """
    group = next((f for f in predictor.features if f.startswith(OFFENCE_GROUP)), None)
    readable = {f: f for f in predictor.features}
    readable |= {f: f for f in predictor.checked_features}
    if group is not None:
        readable[OFFENCE_GROUP] = group
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    problems: list[Issue] = []
    for name, column in features.items():
        if name not in readable:
            raise UnknownNameError(f"feature of {predictor.id}", name, readable)
        array = np.asarray(column)
        problem = _unusable(array)
        if problem:
            problems.append(_refused(name, problem))
        else:
            found[readable[name]] = array
            names[readable[name]] = name
    problems += [
        Issue("missing", (f,), f"feature {f} is missing")
        for f in predictor.needed_features
        if f not in found and not any(p.fields[0] in (f, OFFENCE_GROUP) for p in problems)
    ]
    lengths = {len(v) for v in found.values()}
    if len(lengths) > 1:
        problems.append(Issue("unequal_lengths", tuple(found), "features must have one length"))
    if problems:
        problems += _out_of_domain(predictor, found, names)
        raise InputErrorGroup.of(f"{predictor.name} cannot score these features", problems)
    return found, names, lengths.pop() if lengths else 0


def _refused(name: str, problem: str) -> Issue:
    return Issue("unusable_feature", (name,), f"feature {name} {problem}")


def _unusable(array: NDArray[Any]) -> str:
    """What is wrong with an array whatever it is for, or an empty text."""
    if array.ndim != 1:
        return "must have one dimension"
    if array.dtype.kind not in "biu":
        return f"must be of whole numbers, not {array.dtype}"
    return ""


def _out_of_domain(
    predictor: Predictor, features: Mapping[str, NDArray[Any]], names: Mapping[str, str]
) -> list[Issue]:
    """An issue for every feature with a value outside its domain, under the caller's name."""
    found = []
    for name, array in features.items():
        domain = predictor.domain_of(name)
        if domain is None or not len(array):
            continue
        low, high = domain
        if not low:  # what is negative becomes large
            array = array.view(array.dtype.str.replace("i", "u"))
        if int(array.max()) > high or (low and int(array.min()) < low):
            meaning = feature(name).meaning or name
            found.append(_refused(names[name], f"must be from {low} to {high} ({meaning})"))
    return found
