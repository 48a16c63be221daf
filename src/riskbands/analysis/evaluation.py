"""How well a score does here, and for whom: figures with intervals, for everyone and by group."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands.analysis.bandfigures import EDGE_RATES
from riskbands.analysis.counting import outcome_counts
from riskbands.analysis.counts import OutcomeCounts
from riskbands.analysis.differences import GroupDifferences, differences
from riskbands.analysis.estimates import check_confidence
from riskbands.analysis.figures import Figures
from riskbands.analysis.framing import frame_of
from riskbands.analysis.given import agree, references
from riskbands.analysis.groups import MISSING_GROUP, Groups, Named
from riskbands.analysis.methods import Methods
from riskbands.analysis.recorded import named_tables
from riskbands.analysis.spelling import capitals_alone
from riskbands.analysis.written import number, people, rate
from riskbands.display import html_table, text_table
from riskbands.errors import InputError, Issue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskbands.analysis.bandfigures import BandFigures, EdgeFigures
    from riskbands.analysis.plots import Plots
    from riskbands.bands.scale import BandScale
    from riskbands.instruments.predictor import Predictor

__all__ = ["Evaluation", "evaluate"]

EVERYONE: Final = "everyone"
_UNBANDED: Final = (
    "People with a score and an outcome who are in no band: {}. They count as people with or "
    "without the outcome, and lie on neither side of a band edge."
)
#: What the counts cannot say.
_CAUTIONS: Final = (
    "Outcomes are what was recorded within the follow-up. Offences that were not proven are in "
    "none of these figures.",
    "A difference between groups is a reason to look. It is no finding about a person, and none "
    "about the cause.",
)


@attrs.frozen(slots=False, eq=False, repr=False)
class Evaluation:
    """What a score is worth among the people counted, in figures and reasons; never a verdict.

    Attributes:
        counts: The counts that everything is worked out from.
        by: The columns of groups, each by itself.
        methods: Which intervals are made, and how sure they are.
        references: The group that the others are compared with, by column.
    """

    counts: OutcomeCounts
    by: tuple[str, ...]
    methods: Methods
    references: Mapping[str, str]

    @property
    def provenance(self) -> Mapping[str, Any]:
        """Where the scores and outcomes come from; see `OutcomeCounts`."""
        return self.counts.provenance

    @property
    def simulated(self) -> bool:
        """Whether people are made up."""
        return self.counts.simulated

    @cached_property
    def overall(self) -> Figures:
        """The figures of everyone."""
        return Figures("", EVERYONE, self.counts.tally(), self.counts.score, self.methods)

    @cached_property
    def groups(self) -> Groups:
        """The figures of each group; a missing group is one too."""
        c = self.counts
        return Groups(
            [
                Figures(
                    column,
                    MISSING_GROUP if label is None else label,
                    c.tally({column: label}),
                    c.score,
                    self.methods,
                )
                for column in self.by
                for label in c.labels(column)
            ]
        )

    @cached_property
    def forms(self) -> Mapping[str, Figures]:
        """The figures of the brief and the extended form, for a predictor that has both."""
        c = self.counts
        found = {
            form: Figures("form", form, c.tally(form=form), c.score, self.methods)
            for code, form in enumerate(("brief", "extended"))
            if (c.cells.form == code).any()
        }
        return Named("form", found)

    @property
    def bands(self) -> tuple[BandFigures, ...]:
        """Each band, for everyone."""
        return self.overall.bands

    @property
    def edges(self) -> tuple[EdgeFigures, ...]:
        """Each band edge as a decision, for everyone; those of groups are in `groups`."""
        return self.overall.edges

    @cached_property
    def group_differences(self) -> Mapping[str, GroupDifferences]:
        """What differs between the groups of each column."""
        return Named(
            "column of groups",
            {
                column: differences(
                    column,
                    [f for f in self.groups.values() if f.by == column],
                    self.references[column],
                    self.methods.confidence,
                )
                for column in self.by
            },
        )

    @property
    def left_out(self) -> Mapping[str, int | None]:
        """People who are in no figure, by reason."""
        return self.overall.left_out

    @property
    def cautions(self) -> tuple[str, ...]:
        """What these figures do not say."""
        first = ("These people are simulated.",) if self.simulated else ()
        out = self.overall.unbanded
        protected = self.provenance.get("protected")
        unbanded = [_UNBANDED.format(people(out))] if out else []
        alike = [t for c in self.by for t in capitals_alone(c, self.counts.labels(c))]
        last = [f"Counts are protected: {protected}."] if protected else []
        return (*first, *unbanded, *alike, *_CAUTIONS, *last)

    @property
    def every(self) -> tuple[Figures, ...]:
        """Everyone, each form and each group, in the order of the tables."""
        return (self.overall, *self.forms.values(), *self.groups.values())

    def to_frame(self, library: str | None = None) -> Any:
        """Every figure in a row: by, group, band, figure, value, low, high, method, n, events.

        What cannot be estimated has a row too, with the reason in the last column.

        Args:
            library: ``pandas``, ``polars``, ``pyarrow``, ``duckdb`` or ``mapping``; by default
                the one whose table was counted.
        """
        rows = [row for figures in self.every for row in figures.rows()]
        rows += [row for found in self.group_differences.values() for row in found.rows()]
        columns = {name: [row[name] for row in rows] for name in rows[0]}
        return frame_of(columns, library or self.counts.library)

    # -- showing -----------------------------------------------------------------------------

    @property
    def plot(self) -> Plots:
        """The pictures: ``evaluation.plot.reliability()``; need the ``[plot]`` extra."""
        from riskbands.analysis.plots import Plots

        return Plots(self.overall, self.groups, self.by)

    def to_html(self, *, min_count: int | None = None, notes: Sequence[str] = ()) -> str:
        """One page that stands by itself: answers in sentences, pictures, tables, methods.

        The page has no script and no link to elsewhere. Pictures are in it where Matplotlib is
        installed (the ``[plot]`` extra).

        Args:
            min_count: Least count that is shown. Groups and bands that are smaller are not shown,
                nor those that would give them away, nor anything by single scores.
            notes: What a reader should know besides, such as where the outcomes come from.

        Returns:
            The text of an HTML document.

        Raises:
            InputError: ``min_count`` is no whole number from 1, the counts are protected already,
                or ``notes`` is one text.
        """
        from riskbands.analysis.report import page

        return page(self, min_count=min_count, notes=notes)

    @property
    def title(self) -> str:
        """What was evaluated, in a line; first of all whether people are simulated."""
        p = self.provenance
        return "; ".join([self.counts.title, *named_tables(p), f"follow-up {p['follow_up']}"])

    def tables(self) -> list[tuple[str, list[str], list[list[str]]]]:
        """The tables that are shown: caption, headings and rows of texts."""
        level = f"{100 * self.methods.confidence:g} % intervals"
        found = [
            (
                f"Figures, {level}",
                ["group", "n", "events", *_SHOWN.values()],
                [
                    [_name(f), people(f.n), people(f.events), *(_shown(f, k) for k in _SHOWN)]
                    for f in self.every
                ],
            )
        ]
        if self.bands:
            found.append(
                (f"Bands, everyone, {level}", _BAND_HEAD, list(map(_band_row, self.bands)))
            )
            head = ["group", "at or above", *EDGE_RATES]
            rows = [
                [_name(f), edge.label, *(rate(getattr(edge, name)) for name in EDGE_RATES)]
                for f in self.every
                for edge in f.edges
            ]
            found.append((f"At every band edge, {level}", head, rows))
        missing = [[k.replace("_", " "), people(v)] for k, v in self.left_out.items() if v != 0]
        if missing:
            found.append(("Left out of every figure", ["reason", "people"], missing))
        return found

    def __repr__(self) -> str:
        return f"<Evaluation of {self.counts.title}: {people(self.overall.n)} people>"

    def __str__(self) -> str:
        parts = [self.title]
        parts += [f"{caption}\n{text_table(head, rows)}" for caption, head, rows in self.tables()]
        return "\n\n".join([*parts, "\n".join(self.cautions)])

    def _repr_html_(self) -> str:
        tables = "".join(html_table(head, rows, caption) for caption, head, rows in self.tables())
        return html_table(["evaluation", ""], [["of", self.title]]) + tables


_SHOWN: Final = {
    "base_rate": "observed",
    "expected_rate": "expected",
    "observed_expected": "observed / expected",
    "calibration_in_the_large": "in the large",
    "calibration_slope": "slope",
    "auc": "AUC",
}
_BAND_HEAD: Final = ["band", "n", "events", "share", "expected", "observed", "share of events"]
_PERCENTS: Final = ("base_rate", "expected_rate")


def _name(figures: Figures) -> str:
    return f"{figures.by} {figures.group}".strip()


def _shown(figures: Figures, name: str) -> str:
    return (rate if name in _PERCENTS else number)(getattr(figures, name))


def _band_row(band: BandFigures) -> list[str]:
    rates = (band.share, band.expected, band.observed, band.share_of_events)
    return [band.label, people(band.n), people(band.events), *map(rate, rates)]


def evaluate(
    scored_or_counts: Any,
    predictor: Predictor | str | None = None,
    *,
    outcome: str | None = None,
    by: str | Sequence[str] | None = None,
    horizon: str | None = None,
    score: str | None = None,
    unit: str | None = None,
    bands: BandScale | str | None = None,
    followed_up: str | float | None = None,
    reference: str | Mapping[str, str] | None = None,
    confidence: float = 0.95,
    intervals: Mapping[str, str] | None = None,
) -> Evaluation:
    """How well a score does among these people, and among each group of them.

    Args:
        scored_or_counts: A scored cohort, as for `riskbands.outcome_counts`, or `OutcomeCounts`.
        predictor: A predictor or its id; of counts it is known already.
        outcome: Column of outcomes; of counts it is known already.
        by: Columns of groups, each taken by itself; of counts, by default all they have.
        horizon: ``1yr`` or ``2yr``; by default the one that the predictor's bands use.
        score: In place of a predictor, a plain column of scores.
        unit: What that column holds; see `riskbands.outcome_counts`.
        bands: Bands of a plain column, or in place of the predictor's.
        followed_up: Months of follow-up: a column, or a number for everybody.
        reference: The group that the others are compared with: a label, or with several columns
            a label by column. By default the largest group.
        confidence: Of every interval.
        intervals: Other methods, by figure: ``{"calibration": "wald"}``,
            ``{"observed_expected": "byar"}`` or ``"poisson"``,
            ``{"proportions": "clopper-pearson"}``.

    Returns:
        Figures for everyone, by form and by group. Each is an `Estimate` with its interval, its
        method, and the reason where it cannot be given.

    Raises:
        InputError: A column holds what it cannot hold, or an argument is missing.
        UnknownNameError: A column, predictor, horizon, group or method is not known.

    Examples:
        >>> found = evaluate(
        ...     {
        ...         "ogrs3_2yr": [12, 25, 40, 55, 60, 71, 80, 90],
        ...         "reoffended": [0, 0, 1, 0, 1, 0, 1, 1],
        ...     },
        ...     "ogrs3",
        ...     outcome="reoffended",
        ... )
        >>> found.overall.n, found.overall.events
        (8, 4)
        >>> print(found.overall.base_rate)
        0.5000 (0.2152 to 0.7848)
        >>> found.overall.auc.method
        'DeLong, logit-transformed'
    """
    check_confidence(confidence)
    methods = Methods.of(confidence, intervals)
    if isinstance(scored_or_counts, OutcomeCounts):
        counts = scored_or_counts
        agree(counts, predictor, outcome, horizon, score, unit, bands, followed_up)
    else:
        if outcome is None:
            raise InputError(Issue("missing", ("outcome",), "give outcome=: a column of outcomes"))
        counts = outcome_counts(
            scored_or_counts, predictor, outcome=outcome, by=() if by is None else by,
            horizon=horizon, score=score, unit=unit, bands=bands, followed_up=followed_up,
        )  # fmt: skip
    chosen = counts.by if by is None else (by,) if isinstance(by, str) else tuple(by)
    for column in chosen:
        counts.labels(column)  # an unknown one is an error now
    return Evaluation(counts, chosen, methods, references(counts, chosen, reference))
