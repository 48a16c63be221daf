"""The report of an evaluation: what it says, what it shows, and what it must not."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import riskbands as rb
from riskbands.analysis.guard import Guard
from riskbands.errors import InputError

VOID = {"meta", "br", "hr", "img", "input", "link"}
HOSTILE = "<b>x</b>\"'$\\frac{$ & ]]> --> </svg></style><script>alert(1)</script>\x1b[2J\u202e"


class Page(HTMLParser):
    """Elements that are opened, attributes, and the text; every element must be closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.opened: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "svg"} & set(self.opened):
            self.text += data + "\n"


def people(n: int = 1500, **distort: tuple[float, float]) -> dict[str, Any]:
    """Scored people whose outcomes are drawn, distorted by sex."""
    found = rb.simulate_cohort(n, 7, distort={"sex": distort} if distort else None)
    scored: dict[str, Any] = rb.score_cohort(found, ["ogrs3"])
    scored |= found  # keeps what the scores say of themselves
    return scored


@pytest.fixture(scope="module")
def found() -> rb.Evaluation:
    return rb.evaluate(people(female=(0.9, 1.0)), "ogrs3", outcome="reoffended", by=["sex", "area"])


@pytest.fixture(scope="module")
def page(found: rb.Evaluation) -> Page:
    return Page(found.to_html())


def test_the_page_stands_by_itself(found: rb.Evaluation, page: Page) -> None:
    text = found.to_html()
    assert "://" not in text
    assert {"script", "link", "iframe", "img"} & set(page.tags) == set()
    links = [value for _, name, value in page.attributes if name.endswith("href")]
    assert links
    assert all(link.startswith("#") for link in links)
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]


def test_names_of_elements_occur_once_and_each_reference_is_there(
    found: rb.Evaluation, page: Page
) -> None:
    names = [value for _, name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))
    wanted = set(re.findall(r"url\(#([^)]+)\)", found.to_html()))
    wanted |= {value[1:] for _, name, value in page.attributes if name == "href"}
    assert wanted
    assert wanted <= set(names)


def test_a_reader_of_the_page_hears_what_the_pictures_show(page: Page) -> None:
    pictures = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "role")]
    labels = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
    assert len(pictures) == len(labels) == page.tags.count("figure") >= 4
    assert all(labels)
    assert ("html", "lang", "en-GB") in page.attributes
    assert page.tags.count("h1") == 1
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert len(scopes) == page.tags.count("th")
    assert page.tags.count("caption") == page.tags.count("table")


def test_simulated_is_the_first_line(page: Page) -> None:
    body = [line for line in page.text.splitlines() if line.strip()][1:]  # after the title
    assert body[0].startswith("These people are simulated")


def test_the_first_screen_answers_three_questions_from_the_figures(
    found: rb.Evaluation, page: Page
) -> None:
    text = " ".join(page.text.split())
    o = found.overall
    ratio, auc = o.observed_expected, o.auc
    assert "Are people proven to reoffend as often as the score says?" in text
    times = f"{100 * float(ratio):.0f} had it"
    assert f"For every 100 people whom the score expected to have the outcome, {times}" in text
    assert f"({100 * (ratio.low or 0):.0f} to {100 * (ratio.high or 0):.0f})" in text
    assert "Does the score rank them?" in text
    assert f"had the higher score {100 * float(auc):.0f} times in 100" in text
    assert "Do the answers differ by group" in text
    female = found.groups["female"].observed_expected
    assert f"female ({100 * float(female):.0f} for every 100 expected" in text
    assert text.index("Do the answers differ") < text.index("Figures of everyone")


def test_every_figure_stands_in_a_table_with_its_method(found: rb.Evaluation, page: Page) -> None:
    text = " ".join(page.text.split())
    for name in ("Wilson", "DeLong", "profile likelihood", "unpaired DeLong", "Wald"):
        assert name in text
    for f in found.every:
        assert f"{f.auc.value:.3f} ({f.auc.low:.3f} to {f.auc.high:.3f})" in text
    table = found.provenance["coefficient_tables"][0]
    assert f"{table['id']}, digest {table['digest']}" in text
    for caution in found.cautions:
        assert caution in text


def test_a_calibrated_cohort_is_not_called_right() -> None:
    text = rb.evaluate(people(), "ogrs3", outcome="reoffended").to_html()
    assert "no proof that it is right" in text
    assert "No groups were asked for" in text


def test_labels_cannot_break_the_page() -> None:
    scored = people(120)
    scored["area"] = np.where(np.arange(120) < 30, HOSTILE, scored["area"].astype(object))
    scored["<i>y</i>"] = scored.pop("reoffended")
    found = rb.evaluate(scored, "ogrs3", outcome="<i>y</i>", by="area")
    page = Page(found.to_html())
    assert {"script", "b", "i"} & set(page.tags) == set()
    assert "<script>alert(1)</script>" in page.text  # as text
    assert "\x1b" not in page.text
    assert "\u202e" not in page.text


def test_groups_of_one_of_no_outcomes_and_of_all_have_their_reason() -> None:
    data = {
        "ogrs3_2yr": [30, 55, 62, 20, 80, 41, None],
        "reoffended": [0, 1, 1, 0, 1, None, 1],
        "site": ["a", "a", "b", "c", "b", "b", "a"],
    }
    text = " ".join(
        Page(rb.evaluate(data, "ogrs3", outcome="reoffended", by="site").to_html()).text.split()
    )
    assert "Too few to say much: a (1 with the outcome, 1 without)" in text
    assert "the area needs people with the outcome and people without" in text
    assert "outcome missing 1" in text
    assert "score missing 1" in text


def test_nobody_at_all_is_said() -> None:
    data = {"ogrs3_2yr": [None, 12], "reoffended": [1, None]}
    text = rb.evaluate(data, "ogrs3", outcome="reoffended").to_html()
    assert text.count("This cannot be said: there is nobody with a score and an outcome.") == 1
    assert "<svg" not in text


def test_points_have_an_answer_without_an_expected_number() -> None:
    data = {"risk": [1, 2, 3, 3, 5, 2], "y": [0, 0, 1, 0, 1, 1]}
    text = rb.evaluate(data, score="risk", unit="points", outcome="y").to_html()
    assert "Do people have the outcome as often as the score says?" in text
    assert "the score reports no probability" in text


def test_without_matplotlib_the_tables_stand_alone(
    found: rb.Evaluation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskbands.analysis.report.matplotlib_is_there", lambda: False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    text = found.to_html()
    assert "<svg" not in text
    assert "Matplotlib is not installed" in text
    assert "Figures of everyone" in text
    Page(text)


@settings(max_examples=40, deadline=None)
@given(
    people=st.lists(
        st.tuples(
            st.sampled_from([None, 1, 49, 50, 89, 99]),
            st.sampled_from([None, 0, 1]),
            st.sampled_from([None, "a", "b", "<", "1"]),
        ),
        min_size=1,
        max_size=40,
    ),
    least=st.sampled_from([None, 1, 3]),
    pictures=st.sampled_from([False, False, False, True]),
)
def test_any_people_give_a_page(
    people: list[tuple[int | None, int | None, str | None]], least: int | None, pictures: bool
) -> None:
    """Whatever is missing, rare or alike: a whole page, and no figure that is no number."""
    scores, outcomes, sites = (list(column) for column in zip(*people, strict=True))
    data = {"ogrs3_2yr": scores, "y": outcomes, "site": sites}
    found = rb.evaluate(data, "ogrs3", outcome="y", by="site")
    with pytest.MonkeyPatch.context() as patch:
        if not pictures:
            patch.setattr("riskbands.analysis.report.matplotlib_is_there", lambda: False)
        page = Page(found.to_html(min_count=least))
    assert not re.search(r"\b(nan|inf|None)\b", page.text)
    if least == 3:  # a shown group has at least so many of both
        for f in found.groups.values():
            if Guard.of(found, 3).shows(f):
                assert f.n is not None
                assert f.events is not None
                assert 3 <= f.events <= f.n - 3


# ------------------------------------------------------------------------------ a least count


def cohort(by_area: dict[str, tuple[int, int]]) -> dict[str, list[Any]]:
    """People by area: so many with the outcome and so many without, over all bands."""
    rows = [
        (area, outcome, 5 + (94 * place) // max(count, 1))
        for area, counts in by_area.items()
        for outcome, count in zip((1, 0), counts, strict=True)
        for place in range(count)
    ]
    return {
        "area": [area for area, _, _ in rows],
        "reoffended": [outcome for _, outcome, _ in rows],
        "ogrs3_2yr": [score for _, _, score in rows],
    }


def test_small_groups_are_not_shown_nor_the_one_that_would_give_them_away() -> None:
    data = cohort({"large": (400, 400), "middle": (60, 70), "small": (4, 90)})
    found = rb.evaluate(data, "ogrs3", outcome="reoffended", by="area")
    guard = Guard.of(found, 10)
    assert not guard.shows(found.groups["small"])
    assert not guard.shows(found.groups["middle"])
    assert guard.shows(found.groups["large"])
    text = " ".join(Page(found.to_html(min_count=10)).text.split())
    assert "area small not shown not shown" in text
    assert "area middle not shown not shown" in text
    assert "groups whose counts are not shown: area middle and area small" in text
    assert "area large 800 400" in text


def test_a_page_with_a_least_count_shows_nothing_by_single_scores() -> None:
    data = cohort({"one": (300, 300), "two": (300, 300)})
    found = rb.evaluate(data, "ogrs3", outcome="reoffended", by="area")
    text = found.to_html(min_count=10)
    assert "Calibration by band" in text
    for words in ("Reliability:", "Distribution:", "ROC curve:"):
        assert words in found.to_html()
        assert words not in text
    assert "Nothing is shown by single scores" in text
    assert "Do not publish it" in found.to_html()
    assert "Do not publish it" not in text


@pytest.mark.parametrize("seed", range(20))
def test_what_is_not_shown_does_not_follow_from_totals(seed: int) -> None:
    """Of each column, two groups or none are hidden, and the hidden ones together are not small."""
    random = np.random.default_rng(seed)
    sizes = {f"g{i}": tuple(random.integers(0, 80, 2).tolist()) for i in range(5)}
    found = rb.evaluate(cohort(sizes), "ogrs3", outcome="reoffended", by="area")
    guard = Guard.of(found, 10)
    hidden = [f for f in found.groups.values() if not guard.shows(f)]
    assert len(hidden) != 1
    if hidden:
        assert sum(f.events or 0 for f in hidden) >= 10
        assert sum((f.n or 0) - (f.events or 0) for f in hidden) >= 10
    small = [
        f for f in found.groups.values() if min(f.events or 0, (f.n or 0) - (f.events or 0)) < 10
    ]
    assert {f.group for f in small} <= {f.group for f in hidden}


def test_people_without_a_form_do_not_follow_from_those_with_one() -> None:
    n = 400
    data = {
        "arp_2yr": [1 + place % 98 for place in range(n)],
        "arp_type": ["brief"] * 150 + ["extended"] * 247 + [None] * 3,
        "y": [place // 2 % 2 for place in range(n)],
    }
    found = rb.evaluate(data, "arp", outcome="y")
    assert set(found.forms) == {"brief", "extended"}
    guard = Guard.of(found, 10)
    assert not all(guard.shows(f) for f in found.forms.values())


def test_reasons_tell_no_small_counts_nor_anything_of_hidden_groups() -> None:
    data = cohort({"large": (400, 400), "middle": (60, 70), "none": (0, 90)})
    data["percent"] = [0 if place < 3 else s for place, s in enumerate(data.pop("ogrs3_2yr"))]
    found = rb.evaluate(data, score="percent", outcome="reoffended", by="area", bands="ogrs3-2yr")
    whole, public = found.to_html(), found.to_html(min_count=10)
    assert "3 people have a score of 0 or 100 %" in whole
    assert "3 people have" not in public
    assert "ome people have a score of 0 or 100 %" in public
    assert "Not in the tests: none" in whole
    assert "Not in the tests: none" not in public


@pytest.mark.parametrize("reference", ["large", "small"])
@pytest.mark.parametrize("seed", range(4))
def test_a_public_page_is_the_same_whoever_is_in_the_hidden_groups(
    seed: int, reference: str
) -> None:
    """Labels are dealt anew among the people of the hidden groups; all else stays."""
    data = cohort({"large": (400, 390), "other": (280, 300), "middle": (60, 70), "small": (4, 90)})
    area = np.array(data["area"], dtype=object)
    inside = np.flatnonzero(np.isin(area, ["middle", "small"]))
    area[inside] = "middle"
    y = np.array(data["reoffended"], dtype=int)[inside]
    drawn = np.random.default_rng(seed)
    for outcome, size in ((1, 2 + seed), (0, 40 + 7 * seed)):
        area[drawn.choice(inside[y == outcome], size, replace=False)] = "small"
    dealt = {**data, "area": area.tolist()}
    pages = []
    for people in (data, dealt):
        found = rb.evaluate(people, "ogrs3", outcome="reoffended", by="area", reference=reference)
        guard = Guard.of(found, 10)
        assert {name for name, f in found.groups.items() if not guard.shows(f)} == {
            "middle", "small"
        }  # fmt: skip
        pages.append(found.to_html(min_count=10))
        assert found.to_html() != pages[-1]
    assert pages[0] == pages[1]
    shown = np.isin(area, ["large", "other"])
    alone = {name: np.array(column, dtype=object)[shown] for name, column in data.items()}
    test = rb.evaluate(alone, "ogrs3", outcome="reoffended", by="area").group_differences["area"]
    assert f"One intercept for all groups: {test.intercept.statistic:.2f}, df 1" in pages[0]
    assert "likelihood-ratio tests between the groups that are shown" in pages[0]


def test_a_page_on_which_everyone_is_hidden_has_no_test() -> None:
    for sizes in ({"a": (3, 200), "b": (5, 150)}, {"a": (4, 160), "b": (1, 190)}):
        found = rb.evaluate(cohort(sizes), "ogrs3", outcome="reoffended", by="area", reference="a")
        text = " ".join(Page(found.to_html(min_count=10)).text.split())
        assert "One intercept for all groups: not given" in text
        assert "df" not in text.split()
        assert "p 0." not in text


def test_many_groups_are_told_by_the_tables_alone() -> None:
    data = cohort({f"court {place}": (6, 6) for place in range(60)})
    text = rb.evaluate(data, "ogrs3", outcome="reoffended", by="area").to_html()
    assert "and 52 more, in the tables" in text
    assert "By area: of people" not in text
    assert "court 59" in text


def test_too_few_people_altogether_give_an_empty_page() -> None:
    found = rb.evaluate(cohort({"one": (3, 20)}), "ogrs3", outcome="reoffended")
    text = " ".join(Page(found.to_html(min_count=10)).text.split())
    assert "Too few people have the outcome" in text
    assert "of them with the outcome not shown" in text
    assert " 23 " not in text


def test_a_single_small_reason_for_leaving_out_takes_another_along() -> None:
    data = cohort({"one": (100, 100)})
    data = {
        "area": [*data["area"], *["one"] * 33],
        "reoffended": [*data["reoffended"], *[None] * 3, *[1] * 30],
        "ogrs3_2yr": [*data["ogrs3_2yr"], *[50] * 3, *[None] * 30],
    }
    guard = Guard.of(rb.evaluate(data, "ogrs3", outcome="reoffended"), 10)
    assert guard.left_out == {"outcome_missing", "score_missing"}


def test_a_least_count_is_1_or_more_and_counts_are_protected_once(found: rb.Evaluation) -> None:
    with pytest.raises(InputError, match="1 or more"):
        found.to_html(min_count=0)
    protected = rb.evaluate(found.counts.suppress(10))
    with pytest.raises(InputError, match="before suppress"):
        protected.to_html(min_count=10)
    text = protected.to_html()
    assert "Counts are protected" in text
    Page(text)
