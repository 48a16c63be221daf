"""Made-up people with made-up outcomes, so that the truth is known.

The shares are invented to look like a caseload; they are no statistics. Nothing here is taken from
a person.
"""

from __future__ import annotations

import math
from numbers import Integral
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.analysis.asked import SIMULATED
from riskbands.cohorts.cohort import score_cohort
from riskbands.errors import InputError, Issue, UnknownNameError
from riskbands.predictors.asked import as_predictor
from riskbands.vocabulary.fields import Field, Kind
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from riskbands.instruments.predictor import Predictor

__all__ = ["AREAS", "simulate_cohort"]

#: Made-up areas, for groups.
AREAS: Final = ("East", "North", "South", "West")
_WOMEN: Final = 0.15
_AGE: Final = {
    (18, 20): 9.0, (21, 24): 14.0, (25, 29): 19.0, (30, 34): 18.0, (35, 39): 14.0,
    (40, 49): 16.0, (50, 59): 7.0, (60, 80): 3.0,
}  # fmt: skip
_SANCTIONS: Final = {
    (1, 1): 20.0, (2, 2): 12.0, (3, 3): 9.0, (4, 5): 13.0, (6, 8): 13.0, (9, 14): 13.0,
    (15, 24): 11.0, (25, 49): 7.5, (50, 90): 1.5,
}  # fmt: skip
_FIRST_AGE: Final = {
    (10, 11): 3.0, (12, 13): 12.0, (14, 15): 22.0, (16, 17): 21.0, (18, 20): 18.0,
    (21, 25): 12.0, (26, 35): 8.0, (36, 60): 4.0,
}  # fmt: skip
#: Offence codes with their share.
_OFFENCES: Final = {
    "04600": 16.0, "04910": 5.0, "04801": 4.0, "02801": 6.0, "03001": 4.0, "03401": 4.0,
    "05301": 4.0, "10501": 10.0, "00806": 8.0, "00801": 5.0, "00843": 3.0, "12511": 5.0,
    "14900": 3.0, "09253": 4.0, "09262": 5.0, "80301": 4.0, "80401": 5.0, "09906": 3.0,
}  # fmt: skip
_LEVELS: Final = {0: 45.0, 1: 35.0, 2: 20.0}
_YES: Final = 0.25
_FIRST_DAY: Final = np.datetime64("2022-01-01", "D")
_SEXUAL: Final = 0.3
_COUNTS: Final = ("contact_adult", "contact_child", "image", "non_contact")


class _Draw:
    """Random columns; everything is made of uniform numbers, so a seed gives the same people."""

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._uniform = np.random.default_rng(seed).random

    def uniform(self) -> NDArray[np.float64]:
        return self._uniform(self.n)

    def pick(self, shares: Mapping[Any, float]) -> NDArray[np.int64]:
        """Places in the shares."""
        ends = np.cumsum(list(shares.values()))
        found = np.searchsorted(ends, self.uniform() * ends[-1], side="right")
        codes: NDArray[np.int64] = found.clip(0, len(ends) - 1).astype(np.int64)
        return codes

    def whole(self, low: Any, high: Any) -> NDArray[np.int64]:
        """Whole numbers from ``low`` to ``high``, both included."""
        wide = np.asarray(high) - low + 1
        found: NDArray[np.int64] = low + (self.uniform() * wide).astype(np.int64)
        codes: NDArray[np.int64] = np.minimum(found, high).astype(np.int64)
        return codes

    def span(self, shares: Mapping[tuple[int, int], float]) -> NDArray[np.int64]:
        """Whole numbers from ranges, by their shares."""
        limits = np.array(list(shares))[self.pick(shares)]
        return self.whole(limits[:, 0], limits[:, 1])

    def words(self, words: Sequence[str], shares: Mapping[Any, float]) -> NDArray[Any]:
        return np.array(words)[self.pick(shares)]


def simulate_cohort(
    n: int,
    seed: int,
    predictor: Predictor | str = "ogrs3",
    outcome: bool | str = True,
    *,
    horizon: str | None = None,
    distort: Mapping[str, Mapping[str, tuple[float, float]]] | None = None,
) -> dict[str, Any]:
    """Made-up people for a predictor, with outcomes drawn from its own probabilities.

    Args:
        n: How many.
        seed: The same seed gives the same people.
        predictor: A predictor or its id; the columns are the fields it reads.
        outcome: Whether to draw outcomes; a text names their column, ``reoffended`` by default.
        horizon: ``1yr`` or ``2yr``; by default the one that the predictor's bands use.
        distort: Intercept and slope on the log-odds by column and label, to make outcomes that
            the score does not predict well: ``{"sex": {"female": (0.4, 0.8)}}``.

    Returns:
        Columns by name: the fields, ``area`` for grouping, the outcome, and ``simulated``, which
        is true for everyone and goes into the provenance of everything that is counted from it.
        Scores are not in it: `riskbands.score_cohort` gives them.

    Raises:
        TypeError: ``n`` or ``seed`` is no whole number.
        InputError: ``n`` or ``seed`` is negative, the predictor has no probabilities to draw from,
            the outcome has the name of another column, or a pair of ``distort`` is none.
        UnknownNameError: A predictor, horizon, column or label is not known.

    Examples:
        >>> people = simulate_cohort(1000, seed=1)
        >>> sorted(people)[:3]
        ['area', 'conviction_date', 'date_of_birth']
        >>> round(float(people["reoffended"].mean()), 2)
        0.42
    """
    given: dict[str, Any] = {"n": n, "seed": seed}
    for name, number in given.items():
        if isinstance(number, bool) or not isinstance(number, Integral):
            raise TypeError(f"{name} must be a whole number, not a {type(number).__name__}")
        if number < 0:
            raise InputError(Issue("out_of_range", (name,), f"{name} must be 0 or more"))
    chosen = as_predictor(predictor)
    draw = _Draw(n, seed)
    columns = _fields(chosen, draw)
    columns["area"] = draw.words(AREAS, dict.fromkeys(AREAS, 1.0))
    if outcome is not False:
        name = outcome if isinstance(outcome, str) else "reoffended"
        if name in (*columns, SIMULATED):
            text = "the outcome has the name of another column: give it one of its own"
            raise InputError(Issue("contradiction", ("outcome",), text))
        columns[name] = _outcomes(chosen, columns, draw, horizon, distort or {})
    columns[SIMULATED] = np.ones(n, dtype=np.bool_)
    return columns


def _outcomes(
    predictor: Predictor,
    columns: Mapping[str, Any],
    draw: _Draw,
    horizon: str | None,
    distort: Mapping[str, Mapping[str, tuple[float, float]]],
) -> Any:
    """Outcomes drawn from the probabilities; masked where there is no score."""
    if not predictor.horizons:
        what = f"{predictor.id} has no probabilities to draw outcomes from: say outcome=False"
        raise InputError(Issue("missing", ("outcome",), what))
    horizon = predictor.banded if horizon is None else horizon
    if horizon not in predictor.horizons:
        raise UnknownNameError("horizon", horizon, predictor.horizons)
    scored = score_cohort(columns, [predictor], probabilities=True)
    found = scored[f"{predictor.id}_{horizon}_p"]
    absent = np.isnan(found)
    p = np.where(absent, 0.5, found)
    for column, by_label in distort.items():
        if column not in columns:
            raise UnknownNameError("column to distort by", column, columns)
        labels = np.asarray(columns[column]).astype(str)
        for label, pair in by_label.items():
            if label not in (known := set(labels.tolist())):
                raise UnknownNameError(f"label of {column}", label, known)
            intercept, slope = _pair(pair, column)
            here = labels == label
            with np.errstate(divide="ignore"):
                log_odds = np.log(p[here]) - np.log1p(-p[here])
            p[here] = 1.0 / (1.0 + np.exp(-(intercept + slope * log_odds)))
    drawn = (draw.uniform() < p).astype(np.int8)
    return np.ma.MaskedArray(drawn, mask=absent) if absent.any() else drawn


def _pair(given: object, column: str) -> tuple[float, float]:
    """Intercept and slope, both finite."""
    match given:
        case (int() | float() as intercept, int() | float() as slope) if math.isfinite(
            intercept
        ) and math.isfinite(slope):
            return intercept, slope
    what = f"distort gives each label of {column} an intercept and a slope, both finite"
    raise InputError(Issue("malformed", ("distort",), what))


def _fields(predictor: Predictor, draw: _Draw) -> dict[str, Any]:
    """A column for each field the predictor needs or uses, and the sex."""
    common = _person(draw)
    vocabulary, usual = predictor.vocabulary, built_in()
    # whether a band is lowered depends on these as well
    later = {"assessment_date", "supervision_status"} if predictor.reducible else set()
    readable = predictor.needs.readable | later
    columns: dict[str, Any] = {"sex": common["sex"]}
    for field in vocabulary.fields.values():
        if field.name not in readable or not field.scored:
            continue
        ours = usual.fields.get(field.name) == field
        if ours and field.name in common:
            columns[field.name] = common[field.name]
        elif ours and (field.name in usual.direct_fields or field.kind is Kind.OFFENCE_GROUP):
            continue  # the dates and the code say it
        elif (column := _any_answer(field, draw)) is not None:
            columns[field.name] = column
    return columns


def _person(draw: _Draw) -> dict[str, Any]:
    """Who, what was done, and how often before: consistent with each other."""
    age = draw.span(_AGE)
    sanctions = np.minimum(draw.span(_SANCTIONS), 1 + 3 * (age - 10))
    first = np.maximum(10, np.minimum(draw.span(_FIRST_AGE), age - sanctions // 5))
    known = draw.whole(0, 400)
    assessed = _FIRST_DAY + draw.whole(0, 1400)
    convicted = assessed - known
    # within the year after the birthday, and far enough from its ends for leap days not to matter
    born = convicted - (365.25 * age).astype(np.int64) - draw.whole(3, 360)
    partner, family = draw.uniform() < 0.2, draw.uniform() < 0.1
    abuse = partner | family
    return {
        "domestic_abuse": abuse,
        # whom it was against is not asked where there was none
        "domestic_abuse_partner": _asked(partner, abuse),
        "domestic_abuse_family": _asked(family, abuse),
        **_sexual(draw, sanctions, convicted, born),
        "sex": np.where(draw.uniform() < _WOMEN, "female", "male"),
        "date_of_birth": born,
        "conviction_date": convicted,
        "follow_up_date": convicted + np.minimum(draw.whole(0, 30), known),
        "assessment_date": assessed,
        "offence_code": draw.words(list(_OFFENCES), _OFFENCES),
        "sanctions": sanctions,
        "violent_sanctions": (draw.uniform() * 0.5 * sanctions).astype(np.int64),
        "first_sanction_age": np.where(sanctions == 1, age, first),
        "supervision_status": draw.words(["community", "custody"], {0: 0.7, 1: 0.3}),
    }


def _asked(answers: NDArray[np.bool_], where: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Answers where they are asked for, and None elsewhere."""
    found = answers.astype(object)
    found[~where] = None
    return found


def _sexual(
    draw: _Draw, sanctions: NDArray[np.int64], convicted: NDArray[Any], born: NDArray[Any]
) -> dict[str, Any]:
    """A sexual history for some: one kind of sanction, as many as there are at most."""
    known = draw.uniform() < _SEXUAL
    kind, count = draw.whole(0, len(_COUNTS) - 1), draw.whole(1, np.minimum(sanctions, 4))
    last = np.maximum(convicted - draw.whole(30, 3000), born + 4018)
    none = np.datetime64("NaT", "D")
    return {
        "sexual_offence_history": known,
        "current_offence_sexually_motivated": known & (draw.uniform() < 0.5),
        "stranger_victim": known & (kind < 2) & (draw.uniform() < 0.3),
        "last_sexual_offence_date": np.where(known, last, none),
        "last_offence_date": np.full(draw.n, none),
        **{f"{name}_sanctions": np.where(known & (kind == i), count, 0)
           for i, name in enumerate(_COUNTS)},
    }  # fmt: skip


def _any_answer(field: Field, draw: _Draw) -> Any:
    """A column of answers that a field may have; None for one that cannot be made up."""
    match field.kind:
        case Kind.BOOL:
            return draw.uniform() < _YES
        case Kind.LEVEL:
            return draw.pick(_LEVELS)
        case Kind.ENUM:
            return draw.words(field.values, dict.fromkeys(field.values, 1.0))
        case Kind.INT:
            low = field.low or 0
            return draw.whole(low, low + 4 if field.high is None else min(field.high, low + 4))
        case Kind.DECIMAL:
            low, high = field.low or 0, field.high or 0
            return draw.whole(low, high) / 10**field.decimals
        case _:
            return None
