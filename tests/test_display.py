"""One printer of tables: folded between words, for the terminal and for notebooks."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.display import html_table, text_table

words = st.text("abc-[,)\u00e9", min_size=1, max_size=12)
cells = st.lists(words, max_size=8).map(" ".join)
interval = st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda p: f"[{p[0]}, {p[1]})")


@given(
    st.lists(st.tuples(st.sampled_from(["Low", "Very High"]), interval, cells), max_size=5),
    st.integers(10, 100),
)
@example([("Low", "[0, 3)", "a [b c")], 10)
def test_no_word_and_no_interval_is_broken(rows: list[tuple[str, str, str]], width: int) -> None:
    text = text_table(("band", "scores", "note"), rows, left=(0, 1, 2), width=width)
    lines = text.splitlines()
    for _, edges, _ in rows:
        assert edges in text
    shown = sorted(" ".join(lines).split())
    expected = sorted(" ".join(["band scores note", *(" ".join(row) for row in rows)]).split())
    assert shown == expected
    least = [max(len(w) for w in [h, *column]) for h, column in (
        ("band", ["Very", "High", "Low"]), ("scores", [r[1] for r in rows]),
    )]  # fmt: skip
    if all(len(word) < 9 for row in rows for word in row[2].split()) and "[" not in str(
        [row[2] for row in rows]
    ):
        assert max(map(len, lines)) <= max(width, sum(least) + 4 + 9)


def test_a_table_that_fits_is_not_folded() -> None:
    rows = [("Low", "12"), ("High", "3")]
    assert text_table(("band", "n"), rows, width=80) == "band   n\nLow   12\nHigh   3"
    assert text_table(("band", "n"), rows) == text_table(("band", "n"), rows, width=80)


def test_numbers_stand_to_the_right_in_folded_rows_too() -> None:
    text = text_table(("what", "n"), [("one two three", "1,000")], width=14)
    assert text.splitlines() == ["what         n", "one two  1,000", "three"]


def test_html_is_escaped() -> None:
    assert "<b>" not in html_table(("<b>",), [("<b>",)], "<b>", "<b>")


def test_results_of_a_cohort_have_a_text_and_a_page() -> None:
    found = rb.score_cohort(
        {"sex": ["male", "female"], "sexual_offence_history": [0, 1]}, ["osp_dc"]
    )
    assert repr(found).startswith("<CohortScores of 2 rows: osp_dc_points, osp_dc_2yr")
    assert str(found).splitlines()[1].split() == [
        "column",
        "holds",
        "rows",
        "with",
        "it",
        "without",
    ]
    assert max(map(len, str(found).splitlines())) <= 80
    assert "<td>percent</td>" in found._repr_html_()
    suggested = rb.suggest_columns(["DOB", "<b>", "convDate", "dt_conviction"])
    assert "date_of_birth" in suggested._repr_html_()
    assert "convDate, dt_conviction" in suggested._repr_html_()
    assert "<b>" not in suggested._repr_html_()
    assert "no suggestions" in rb.suggest_columns([])._repr_html_()
