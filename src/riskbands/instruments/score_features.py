"""The public door to the kernel: ready integer arrays in, probabilities, percents, bands out.

There are no dates, no text and no missing values. The caller has the features as small whole
numbers, under the names of `riskbands.vocabulary.features`. Blocks that stay in cache are read from
the joint tables, in threads. The numbers are those of `riskbands.score_cohort`, bit for bit.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import attrs
import numpy as np

from riskbands._blocks import run_shares
from riskbands.arithmetic.masked import decoded
from riskbands.arithmetic.truth import negate, some
from riskbands.bands.array import BandArray
from riskbands.bands.codes import MISSING_CODE
from riskbands.derivation.derive import ABSENT, Derivation, Input
from riskbands.errors import InputErrorGroup, Issue, UnknownNameError
from riskbands.instruments import fused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from riskbands.arithmetic.percent import Percent
    from riskbands.bands.scale import BandScale
    from riskbands.derivation.checks import Check
    from riskbands.derivation.derive import Truth
    from riskbands.instruments.outcome import Outcome
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = [
    "BlockScorer",
    "FeatureScores",
    "Results",
    "Scorable",
    "outcome_scorer",
    "refused_by_checks",
    "score_features",
]


@attrs.frozen(eq=False, repr=False)
class Results:
    """Where scores are written.

    Attributes:
        predictor: The predictor whose scores they are.
        probability: float64 array by horizon.
        percent: By horizon: uint8 whole percents; or float64 of two decimals, or with NaN for those
            to whom an instrument from a file does not apply.
        codes: int8 band codes, or None.
        points: int16 array, or None.
    """

    predictor: Scorable
    probability: dict[str, NDArray[np.float64]]
    percent: dict[str, NDArray[Any]]
    codes: NDArray[np.int8] | None
    points: NDArray[np.int16] | None

    @classmethod
    def empty(cls, predictor: Scorable, wanted: tuple[str, ...], rows: int) -> Results:
        """Room for so many rows."""
        dtype: Any = np.float64
        if not (predictor.rule.digits or predictor.may_lack_percent):
            dtype = np.uint8
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

    def fits(self, predictor: Scorable, wanted: tuple[str, ...], rows: int) -> bool:
        """Whether scores of so many rows can be written here."""
        same = self.predictor is predictor and tuple(self.probability) == wanted
        arrays: list[NDArray[Any]] = list(self.probability.values())
        arrays += [] if self.points is None else [self.points]
        return same and all(len(a) == rows for a in arrays)

    def finished(self) -> FeatureScores:
        """The scores as they are handed out."""
        bands = self.predictor.bands
        band = None if self.codes is None or bands is None else BandArray(self.codes, bands)
        return FeatureScores(self.probability, self.percent, band, self.points, self)


#: Scores a block of features into the rows of results, and gives what it refuses.
BlockScorer: TypeAlias = "Callable[[Mapping[str, Any], Results, slice], Iterable[Issue]]"


class Scorable(Protocol):
    """What scoring ready features needs of a predictor."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def horizons(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def banded(self) -> str: ...  # noqa: D102
    @property
    def rule(self) -> Percent: ...  # noqa: D102
    @property
    def bands(self) -> BandScale | None: ...  # noqa: D102
    @property
    def may_lack_percent(self) -> bool: ...  # noqa: D102
    @property
    def has_points(self) -> bool: ...  # noqa: D102
    @property
    def has_forms(self) -> bool: ...  # noqa: D102
    @property
    def features(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def needed_features(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def checked_features(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def aliases(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def vocabulary(self) -> Vocabulary: ...  # noqa: D102
    def domain_of(self, name: str) -> tuple[int, int] | None: ...  # noqa: D102
    def prepare(self) -> None: ...  # noqa: D102
    def outcome(self, derivation: Derivation, form: str) -> Outcome: ...  # noqa: D102
    def percent_there(self, outcome: Outcome) -> Truth: ...  # noqa: D102
    def block_scorer(  # noqa: D102
        self, form: str, rows: int
    ) -> AbstractContextManager[BlockScorer]: ...


@attrs.frozen(eq=False)
class FeatureScores:
    """Scores of ready features.

    Attributes:
        probability: float64 array by horizon: unrounded probability.
        percent: By horizon: uint8 whole percents; or float64 of two decimals, or with NaN for those
            to whom an instrument from a file does not apply.
        band: Bands, or None where the predictor has no band table.
        points: int16 array, or None.
    """

    probability: Mapping[str, NDArray[np.float64]]
    percent: Mapping[str, NDArray[Any]]
    band: BandArray | None
    points: NDArray[np.int16] | None
    _results: Results = attrs.field(repr=False)


class _Ready(Derivation):
    """A derivation whose features are given."""

    def __init__(self, given: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        super().__init__({}, vocabulary)
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
    predictor: Scorable,
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
    results = Results.empty(predictor, wanted, rows) if out is None else out._results
    if not results.fits(predictor, wanted, rows):
        raise ValueError("out must be of the same predictor, horizons and number of rows")
    refused: list[Issue] = []

    def share(start: int, stop: int) -> None:
        with predictor.block_scorer(form, stop - start) as score:
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


@contextmanager
def outcome_scorer(predictor: Scorable, form: str) -> Iterator[BlockScorer]:
    """Scores blocks by the way of cohorts, whatever the arithmetic of the predictor."""

    def score(block: Mapping[str, Any], results: Results, here: slice) -> Iterable[Issue]:
        outcome = predictor.outcome(_Ready(block, predictor.vocabulary), form)
        if not (some(outcome.ok) and bool(np.all(outcome.ok))):
            return [issue for issue, _ in outcome.issues]
        for h, column in results.probability.items():
            column[here] = outcome.p[h]
            predictor.rule.write(outcome.units[h], results.percent[h][here])
            gone = negate(predictor.percent_there(outcome))
            if some(gone):
                column[here][gone] = results.percent[h][here][gone] = np.nan
        if results.points is not None:
            results.points[here] = outcome.points
        if results.codes is not None:
            results.codes[here] = MISSING_CODE if outcome.band is None else outcome.band
        return []

    yield score


def refused_by_checks(
    checks: Iterable[Check], block: Mapping[str, Any], vocabulary: Vocabulary
) -> list[Issue]:
    """Issues of the checks whose features are all there and that any row breaks."""
    return [
        rule.issue(vocabulary)
        for rule in checks
        if all(i in block for i in rule.inputs)
        and bool(np.any(rule.fails(*(block[i] for i in rule.inputs))))
    ]


def _given(
    predictor: Scorable, features: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str], int]:
    """The features the predictor reads, as integer arrays; the caller's name of each; the rows.

    Raises:
        InputErrorGroup: One is missing, not of integers or of another length.
        UnknownNameError: One is not read by the predictor.
    """
    readable = {f: f for f in (*predictor.features, *predictor.checked_features)}
    readable |= predictor.aliases
    other_names = {name: alias for alias, name in predictor.aliases.items()}
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    problems: list[Issue] = []
    for name, column in features.items():
        if name not in readable:
            raise UnknownNameError(f"feature of {predictor.id}", name, readable)
        array = np.asarray(decoded(column))
        problem = _unusable(array)
        if problem:
            problems.append(_refused(name, problem))
        else:
            found[readable[name]] = array
            names[readable[name]] = name
    problems += [
        Issue("missing", (f,), f"feature {f} is missing")
        for f in predictor.needed_features
        if f not in found and not any(p.fields[0] in (f, other_names.get(f)) for p in problems)
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
    predictor: Scorable, features: Mapping[str, NDArray[Any]], names: Mapping[str, str]
) -> list[Issue]:
    """An issue for every feature with a value outside its domain, under the caller's name."""
    found = []
    for name, array in features.items():
        domain = predictor.domain_of(name)
        if domain is None or not len(array):
            continue
        low, high = domain
        if not low:  # A negative number becomes a large one.
            array = array.view(array.dtype.str.replace("i", "u"))
        if int(array.max()) > high or (low and int(array.min()) < low):
            meaning = predictor.vocabulary.feature(name).meaning or name
            found.append(_refused(names[name], f"must be from {low} to {high} ({meaning})"))
    return found
