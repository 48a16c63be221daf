"""The three questions of an evaluation, answered in sentences made from its figures.

Each sentence has its interval. None gives a verdict: where an interval holds the value of a score
that is right, the sentence says that these people do not show it to be wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from riskbands.analysis.written import percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskbands.analysis.differences import GroupDifferences
    from riskbands.analysis.estimates import Estimate, SignificanceTest
    from riskbands.analysis.figures import Figures

__all__ = ["ENOUGH", "Answer", "answers"]

#: People with the outcome, and without it, that an evaluation should have at least: Collins,
#: Ogundimu and Altman (2016), Statistics in Medicine 35: 214-226.
ENOUGH: Final = 100
_MOST_NAMED: Final = 8
_CHANCE: Final = 50


@attrs.frozen
class Answer:
    """A question and its answer.

    Attributes:
        question: The question.
        sentences: The answer; the first is the shortest one.
    """

    question: str
    sentences: tuple[str, ...]


def answers(
    overall: Figures,
    groups: Sequence[Figures],
    hidden: Sequence[Figures],
    differences: Mapping[str, GroupDifferences],
    *,
    outcome: str,
    proven: bool,
    banded: bool,
) -> list[Answer]:
    """The three answers.

    Args:
        overall: The figures of everyone.
        groups: Those of the groups that are shown.
        hidden: Those of the groups that are not.
        differences: What differs between the groups, by column.
        outcome: The column of the outcome.
        proven: Whether the score is one of proven reoffending.
        banded: Whether bands may be spoken of.
    """
    level = f"{100 * overall.methods.confidence:g} %"
    does = "Are people proven to reoffend" if proven else "Do people have the outcome"
    return [
        Answer(
            f"{does} as often as the score says?", tuple(_often(overall, outcome, level, banded))
        ),
        Answer("Does the score rank them?", tuple(_ranked(overall, level))),
        Answer(
            "Do the answers differ by group, and where are there too few people to say?",
            tuple(_by_group(groups, hidden, differences, level)),
        ),
    ]


# -- how often -------------------------------------------------------------------------------------


def _often(o: Figures, outcome: str, level: str, banded: bool) -> list[str]:
    rate, expected, ratio = o.base_rate, o.expected_rate, o.observed_expected
    if rate.value is None or o.n is None:
        return [f"This cannot be said: {rate.reason}."]
    had = (
        f"Of {o.n:,} people with a score and a known outcome, {o.events:,} had the outcome "
        f"“{outcome}”: {percent(rate.value)} ({level} interval {_percents(rate)})."
    )
    if expected.value is None:
        return [had, f"There is no expected number to compare with: {expected.reason}."]
    had = f"{had} The score expected {percent(expected.value)}."
    if ratio.value is None:
        return [had]
    times = (
        f"For every 100 people whom the score expected to have the outcome, "
        f"{_hundred(ratio.value)} had it ({_hundreds(ratio)}). "
    )
    if _above(ratio, 1.0):
        times += "The whole interval is above 100: here it happens more often than the score says."
    elif _below(ratio, 1.0):
        times += "The whole interval is below 100: here it happens less often than the score says."
    else:
        times += (
            "The interval holds 100: these people do not show that the score is wrong on average, "
            "which is no proof that it is right."
        )
    return [times, had, _slope(o), *(_bands(o) if banded else [])]


def _slope(o: Figures) -> str:
    slope = o.calibration_slope
    if slope.value is None or slope.low is None or slope.high is None:
        return f"Whether high and low scores lie too far apart cannot be said: {slope.reason}."
    figure = f"slope {slope.value:.2f}, {slope.low:.2f} to {slope.high:.2f}"
    if _above(slope, 1.0):
        return f"High and low scores lie too close together for these outcomes ({figure})."
    if _below(slope, 1.0):
        return f"High and low scores lie too far apart for these outcomes ({figure})."
    return (
        "These people do not show that high and low scores lie too far apart or too close together "
        f"({figure})."
    )


def _bands(o: Figures) -> list[str]:
    known = [b for b in o.bands if b.expected.value is not None and b.observed.low is not None]
    if not known:
        return []
    more = [b.label for b in known if (b.observed.low or 0.0) > (b.expected.value or 0.0)]
    less = [b.label for b in known if (b.observed.high or 0.0) < (b.expected.value or 0.0)]
    if not more and not less:
        return [
            f"In each of the {len(known)} bands with people, the expected share lies inside the "
            "interval of the observed one."
        ]
    parts = [f"more often than expected in {_named(more)}"] if more else []
    parts += [f"less often than expected in {_named(less)}"] if less else []
    return [f"By band, it happened {' and '.join(parts)}."]


# -- how well ranked -------------------------------------------------------------------------------


def _ranked(o: Figures, level: str) -> list[str]:
    auc = o.auc
    if auc.value is None:
        return [f"This cannot be said: {auc.reason}."]
    pair = (
        f"Of two people, one with the outcome and one without, the one with it had the higher "
        f"score {_hundred(auc.value)} times in 100"
    )
    if auc.low is None or auc.high is None:
        return [f"{pair}.", f"There is no interval: {auc.reason.removeprefix('no interval: ')}."]
    pair += f" ({level} interval {_hundreds(auc)})."
    if _above(auc, 0.5):
        said = "The whole interval is above 50, which is what chance gives."
    elif _below(auc, 0.5):
        said = "The whole interval is below 50, which is what chance gives: it ranks the wrong way."
    else:
        said = (
            f"The interval holds {_CHANCE}, which is what chance gives: these people do not show "
            "that the score ranks them."
        )
    return [f"{pair} {said}", "Equal scores count as half. This figure is the AUC."]


# -- by group --------------------------------------------------------------------------------------


def _by_group(
    groups: Sequence[Figures],
    hidden: Sequence[Figures],
    differences: Mapping[str, GroupDifferences],
    level: str,
) -> list[str]:
    if not differences:
        return ["No groups were asked for, so nothing is said of any."]
    found: list[str] = []
    for column, d in differences.items():
        here = [f for f in groups if f.by == column]
        some = any(f.by == column for f in hidden)
        found.append(" ".join(_column(here, d, f"{column}, of the groups shown" * some or column)))
    few = [f for f in groups if f.n is not None and _least(f) < ENOUGH]
    if few:
        named = _named([f"{f.group} ({_how_few(f)})" for f in few])
        found.append(
            f"Too few to say much: {named}. At least {ENOUGH} people with the outcome and {ENOUGH} "
            "without are advised."
        )
    else:
        found.append(
            f"Every group that is shown has at least {ENOUGH} people with the outcome and "
            f"{ENOUGH} without, as is advised."
        )
    unknown = [f for f in groups if f.n is None]
    if hidden or unknown:
        names = _named([f"{f.by} {f.group}" for f in [*hidden, *unknown]])
        found.append(f"Nothing is said of groups whose counts are not shown: {names}.")
    if len(groups) > 1:
        found.append(
            f"Of many {level} intervals some miss by chance alone: {_misses(level)} of 100."
        )
    return found


def _column(groups: Sequence[Figures], d: GroupDifferences, column: str) -> list[str]:
    """How the groups of a column stand to the score and to each other."""
    confidence = groups[0].methods.confidence if groups else 0.95
    found = [_tested(d.intercept, column, confidence)]
    for which, word in ((_above, "more"), (_below, "less")):
        named = [
            f"{f.group} ({_hundred(f.observed_expected.value)} for every 100 expected, "
            f"{_hundreds(f.observed_expected)})"
            for f in groups
            if f.observed_expected.value is not None and which(f.observed_expected, 1.0)
        ]
        if named:
            found.append(f"It happens {word} often than the score says for {_named(named)}.")
    shown = {f.group for f in groups}
    for which, word in ((_above, "better"), (_below, "less well")):
        named = [
            f"{label} (AUC {_signed(x.auc)})"
            for label, x in d.groups.items()
            if {label, d.reference} <= shown and which(x.auc, 0.0)
        ]
        if named:
            found.append(f"The score ranks {word} than in {d.reference}: {_named(named)}.")
    return found


def _tested(test: SignificanceTest, column: str, confidence: float) -> str:
    if test.p_value is None:
        return f"By {column}, whether groups differ cannot be tested: {test.reason}."
    chance = f"chance alone gives differences this large in {_of_samples(test.p_value)}"
    if test.p_value < 1.0 - confidence:
        return f"By {column}, groups with the same scores differ in how often it happens: {chance}."
    return f"By {column}, no difference between groups with the same scores is shown: {chance}."


def _of_samples(p: float) -> str:
    if p < 0.001:
        return "fewer than 1 of 1,000 such samples"
    if p < 0.01:
        return f"{1000 * p:.0f} of 1,000 such samples"
    return f"{100 * p:.0f} of 100 such samples"


def _least(f: Figures) -> int:
    assert f.n is not None
    assert f.events is not None
    return min(f.events, f.n - f.events)


def _how_few(f: Figures) -> str:
    assert f.n is not None
    assert f.events is not None
    return f"{f.events:,} with the outcome, {f.n - f.events:,} without"


def _misses(level: str) -> str:
    return f"{100 - float(level.removesuffix(' %')):g}"


# -- words -----------------------------------------------------------------------------------------


def _above(e: Estimate, value: float) -> bool:
    return e.low is not None and e.low > value


def _below(e: Estimate, value: float) -> bool:
    return e.high is not None and e.high < value


def _hundred(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.0f}"


def _hundreds(e: Estimate) -> str:
    return f"{_hundred(e.low)} to {_hundred(e.high)}"


def _percents(e: Estimate) -> str:
    return f"{100 * (e.low or 0.0):.1f} to {100 * (e.high or 0.0):.1f} %"


def _signed(e: Estimate) -> str:
    return f"{e.value:+.3f}, {e.low:+.3f} to {e.high:+.3f}"


def _named(labels: Sequence[str]) -> str:
    """A list in words, not too long."""
    shown = list(labels[:_MOST_NAMED])
    if len(labels) > _MOST_NAMED:
        return f"{'; '.join(shown)}; and {len(labels) - _MOST_NAMED} more, in the tables"
    if any("," in label for label in shown):
        return "; ".join(shown)
    return ", ".join(shown[:-1]) + (" and " if len(shown) > 1 else "") + "".join(shown[-1:])
