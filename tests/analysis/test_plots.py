"""Pictures: each draws its figures, on the axes that are given, and can be read by everyone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.testing.compare import compare_images

import riskbands as rb
from riskbands._plotting import BLUE, GREY, RED, plain
from riskbands.analysis.consistency import consistency_band, pooled
from riskbands.errors import InputError, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matplotlib.axes import Axes

PICTURES = ("reliability", "bands", "distribution", "roc", "rates")


@pytest.fixture(autouse=True)
def _no_window() -> Iterator[None]:
    plt.switch_backend("agg")
    with mpl.rc_context():
        yield
    plt.close("all")


@pytest.fixture(scope="module")
def found() -> rb.Evaluation:
    people = rb.simulate_cohort(1200, 3)
    scored = {**people, **rb.score_cohort(people, ["ogrs3"])}
    return rb.evaluate(scored, "ogrs3", outcome="reoffended", by=["sex", "area"])


def points(ax: Axes) -> np.ndarray[Any, Any]:
    """Where the points of a scatter lie."""
    (collection,) = [c for c in ax.collections if type(c).__name__ == "PathCollection"]
    return np.asarray(collection.get_offsets())


def labels(axis: Any) -> list[str]:
    return [text.get_text() for text in axis.get_ticklabels()]


@pytest.mark.parametrize("name", PICTURES)
def test_each_returns_the_axes_it_is_given(found: rb.Evaluation, name: str) -> None:
    ax = plt.subplots()[1]
    assert getattr(found.plot, name)(ax=ax) is ax
    new = getattr(found.plot, name)()
    assert new is not ax
    assert new.get_xlabel()
    new.figure.canvas.draw()


def test_reliability_has_a_point_for_each_reported_percent(found: rb.Evaluation) -> None:
    t = found.overall.tally
    ax = found.plot.reliability()
    np.testing.assert_allclose(points(ax), np.column_stack([t.scores, 100 * t.events / t.n]))
    (line,) = [x for x in ax.lines if "isotonic" in str(x.get_label())]
    np.testing.assert_allclose(np.asarray(line.get_ydata()), 100 * found.overall.isotonic)


def test_reliability_of_a_group(found: rb.Evaluation) -> None:
    t = found.groups["female"].tally
    ax = found.plot.reliability("female")
    assert len(points(ax)) == len(t.scores)
    assert ax.get_title() == "sex female"


def test_many_different_scores_are_drawn_in_cells_of_one_percent() -> None:
    p = np.linspace(0.001, 0.999, 5000)
    y = np.random.default_rng(1).random(5000) < p
    ax = rb.evaluate({"p": p, "y": y}, score="p", outcome="y").plot.reliability()
    assert len(points(ax)) <= 150


def test_bands_have_the_observed_share_with_its_interval(found: rb.Evaluation) -> None:
    ax = found.plot.bands()
    for place, (band, container) in enumerate(zip(found.bands, ax.containers, strict=True)):
        data, _, (bars,) = container
        np.testing.assert_allclose(data.get_xydata(), [[place, 100 * float(band.observed)]])
        ((low, high),) = [segment[:, 1] for segment in bars.get_segments()]
        assert low == pytest.approx(100 * (band.observed.low or 0))
        assert high == pytest.approx(100 * (band.observed.high or 0))
        assert labels(ax.xaxis)[place] == f"{band.label}\n{band.n:,}"


def test_distribution_counts_everyone(found: rb.Evaluation) -> None:
    ax = found.plot.distribution()
    steps = {str(p.get_label()): p.get_data().values for p in ax.patches if hasattr(p, "get_data")}
    assert steps["all people"].sum() == found.overall.n
    assert steps["with the outcome"].sum() == found.overall.events
    written = {text.get_text() for text in ax.texts}
    assert written == {band.label for band in found.bands}


def test_roc_marks_every_edge(found: rb.Evaluation) -> None:
    ax = found.plot.roc()
    marked = [
        np.asarray(line.get_xydata())[0].tolist() for line in ax.lines if line.get_marker() == "s"
    ]
    assert marked == [
        pytest.approx([100 * float(e.fpr), 100 * float(e.sensitivity)]) for e in found.edges
    ]
    written = [text.get_text() for text in ax.texts]
    assert written == ["Medium, 50", "High, 75", "Very High, 90"]


def test_rates_have_everyone_first_and_then_each_group(found: rb.Evaluation) -> None:
    ax = found.plot.rates("High", "sensitivity", "area")
    groups = [f for f in found.groups.values() if f.by == "area"]
    assert labels(ax.yaxis) == ["everyone", *(f.group for f in groups)]
    drawn = [container[0].get_xdata()[0] for container in ax.containers]
    wanted = [100 * float(f.edges[1].sensitivity) for f in (found.overall, *groups)]
    assert drawn == pytest.approx(wanted)
    assert ax.get_title() == "Sensitivity at High or higher, by area"


def test_a_group_without_a_rate_has_the_reason_in_its_place() -> None:
    data = {"ogrs3_2yr": [30, 95, 91, 20], "y": [0, 1, 1, 0], "site": ["a", "a", "b", "a"]}
    ax = rb.evaluate(data, "ogrs3", outcome="y", by="site").plot.rates(rate="fpr")
    (text,) = ax.texts
    assert text.get_text().startswith("not given: there is nobody w")


def test_what_cannot_be_drawn_is_an_error_that_says_why(found: rb.Evaluation) -> None:
    points_alone = rb.evaluate(
        {"risk": [1, 2], "y": [0, 1]}, score="risk", unit="points", outcome="y"
    )
    with pytest.raises(InputError, match="no probability"):
        points_alone.plot.reliability()
    with pytest.raises(InputError, match="there are no bands"):
        points_alone.plot.bands()
    with pytest.raises(InputError, match="there are no groups"):
        points_alone.plot.rates()
    with pytest.raises(UnknownNameError):
        found.plot.rates("Enormous")
    with pytest.raises(UnknownNameError):
        found.plot.rates(rate="accuracy")
    with pytest.raises(UnknownNameError):
        found.plot.rates(by="height")
    with pytest.raises(UnknownNameError):
        found.plot.roc("nobody")
    one_outcome = rb.evaluate({"p": [0.1, 0.2], "y": [0, 0]}, score="p", outcome="y")
    with pytest.raises(InputError, match="the area needs"):
        one_outcome.plot.roc()
    nobody = rb.evaluate({"p": [0.1], "y": [None]}, score="p", outcome="y")
    with pytest.raises(InputError, match="there is nobody"):
        nobody.plot.distribution()


def test_without_matplotlib_the_error_names_the_extra(
    found: rb.Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"\[plot\]"):
        found.plot.roc()


# ---------------------------------------------------------------------- the consistency band


def test_the_consistency_band_holds_the_isotonic_line_of_a_score_that_is_right() -> None:
    """Drawn again from the score, the line lies inside as often as the band says."""
    p = np.arange(1, 100) / 100
    n = np.full(99, 20)
    low, high = consistency_band(p, n, 0.9)
    assert (low <= high).all()
    assert (np.diff(low) >= 0).all()
    random = np.random.default_rng(99)
    inside = []
    for _ in range(200):
        line = rb.analysis.isotonic.isotonic_rates(n, random.binomial(n, p))
        inside.append(((low <= line) & (line <= high)).mean())
    assert np.mean(inside) == pytest.approx(0.9, abs=0.03)


def test_pooled_scores_keep_people_events_and_mean() -> None:
    random = np.random.default_rng(5)
    p = np.sort(random.random(3000))
    n = random.integers(1, 9, 3000)
    events = random.binomial(n, p)
    few = pooled(p, n, events, 100)
    assert len(few[0]) <= 100
    assert few[1].sum() == n.sum()
    assert few[2].sum() == events.sum()
    assert few[1] @ few[0] == pytest.approx(n @ p)
    assert (np.diff(few[0]) > 0).all()
    assert pooled(p, n, events, 3000)[0] is p


# ---------------------------------------------------------------------------- read by everyone


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("colour", [BLUE, RED, GREY])
def test_colours_stand_out_from_white_and_from_black(colour: str) -> None:
    """3 to 1 is what WCAG 2.1 asks of graphics."""
    assert 1.05 / (luminance(colour) + 0.05) >= 3.0
    assert (luminance(colour) + 0.05) / 0.05 >= 3.0


@pytest.mark.parametrize("name", PICTURES)
def test_a_dark_style_gives_a_dark_picture_with_light_words(
    found: rb.Evaluation, name: str
) -> None:
    plt.style.use("dark_background")
    ax = getattr(found.plot, name)()
    assert luminance(ax.get_facecolor()) < 0.1
    words = [ax.xaxis.label, ax.title, *ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]
    assert words
    assert all(luminance(text.get_color()) > 0.8 for text in words)


def test_expected_and_observed_differ_in_shape_too(found: rb.Evaluation) -> None:
    ax = found.plot.bands()
    expected = next(line for line in ax.lines if line.get_label() == "expected")
    observed = ax.containers[0][0]
    assert expected.get_marker() in ("None", "", None)
    assert observed.get_marker() == "o"


def test_labels_are_no_mathematics_and_not_endless() -> None:
    data = {"ogrs3_2yr": [30, 95, 91, 20], "y": [0, 1, 0, 1], "site": ["$\\frac{$", "a" * 99] * 2}
    ax = rb.evaluate(data, "ogrs3", outcome="y", by="site").plot.rates()
    ax.figure.canvas.draw()
    assert max(map(len, labels(ax.yaxis))) <= 34
    assert plain("a\nb\x1b") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_figures_give_the_same_picture_and_other_ones_another(
    found: rb.Evaluation, name: str, tmp_path: Path
) -> None:
    """Pixels are compared within one run: fonts and versions differ between machines."""
    people = rb.simulate_cohort(1200, 4)
    scored = {**people, **rb.score_cohort(people, ["ogrs3"])}
    other = rb.evaluate(scored, "ogrs3", outcome="reoffended", by=["sex", "area"])
    again = rb.evaluate(rb.OutcomeCounts.from_json(found.counts.to_json()))
    paths = []
    for place, evaluation in enumerate((found, again, other)):
        paths.append(str(tmp_path / f"{place}.png"))
        getattr(evaluation.plot, name)().figure.savefig(paths[-1], dpi=50)
    assert compare_images(paths[0], paths[1], 0) is None
    assert compare_images(paths[0], paths[2], 1) is not None


# ------------------------------------------------------------------------- one score, one table


def explanation() -> rb.Explanation:
    case = rb.OASysAssessment(
        sex="male", age_at_conviction=33, age_at_follow_up=33, offence_code="00801", sanctions=4,
        first_sanction_age=17,
    )  # fmt: skip
    return rb.ogrs3.score(case).explain()


def test_a_waterfall_adds_up_to_the_total() -> None:
    explained = explanation()
    ax = explained.plot()
    patches: list[Any] = list(ax.patches)
    bars = [(bar.get_x(), bar.get_width()) for bar in patches]
    assert [width for _, width in bars] == pytest.approx(
        [*(c.amount for c in explained), explained.total]
    )
    ends = [x + width for x, width in bars]
    assert bars[0][0] == 0.0
    assert [x for x, _ in bars[1:-1]] == pytest.approx(ends[:-2])
    assert ends[-2] == pytest.approx(explained.total) == ends[-1]
    assert ax.get_title() == f"ogrs3 2yr: {explained.percent} %"
    hatched = [bar.get_hatch() for bar in ax.patches[:-1]]
    assert [bool(hatch) for hatch in hatched] == [c.amount < 0 for c in explained]


def test_a_number_line_fills_the_ends_that_belong_to_a_band() -> None:
    table = rb.band_table("rsr-2025")
    ax = table.plot()
    lines = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert [tuple(np.asarray(line.get_xdata())) for line in lines][:2] == [(0.0, 3.0), (3.0, 6.9)]
    ends = [line for line in ax.lines if line.get_marker() == "o"]
    filled = [line.get_markerfacecolor() == BLUE for line in ends]
    assert filled == [True, False, True, False, True]  # [0, 3), [3, 6.9), [6.9, inf)
    assert [line.get_marker() for line in ax.lines].count(">") == 1
    assert labels(ax.yaxis) == list(table.labels)


def test_a_number_line_shows_gaps() -> None:
    table = rb.band_table("osp-dc-points")
    assert labels(table.plot().yaxis) == [*table.labels, *["no band"] * len(table.gaps)]
    assert table.gaps


@pytest.mark.parametrize("ident", sorted(rb.band_tables))
def test_every_band_table_can_be_drawn(ident: str) -> None:
    ax = plt.subplots()[1]
    assert rb.band_table(ident).plot(ax=ax) is ax


@pytest.mark.parametrize(
    "draw", [lambda: explanation().plot(), lambda: rb.band_table("rsr-2025").plot()]
)
def test_pictures_of_a_score_and_of_a_table_name_the_extra(
    draw: Callable[[], Axes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"\[plot\]"):
        draw()
