"""Reading printed tables: every notation, every fault, and no guess."""

import decimal
import unicodedata
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbands.bands import printedtext
from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.compare import compare
from riskbands.bands.printed import Choice, PrintedBands, PrintedGap, PrintedOverlap
from riskbands.bands.printedtext import read_row
from riskbands.bands.table import BandTable, Policy, Rounding
from riskbands.errors import TableError


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("0 - 49", "[0, 49]"),
        ("0-49", "[0, 49]"),
        ("0\u201349", "[0, 49]"),  # en dash
        ("0\u2014 49", "[0, 49]"),  # em dash
        ("0 \u2212 49", "[0, 49]"),  # minus
        ("0\u201149", "[0, 49]"),  # no-break hyphen
        ("0\u00a0\u2013\u00a049", "[0, 49]"),
        ("  0   to 49 ", "[0, 49]"),
        ("0 TO 49", "[0, 49]"),
        ("from 0 to 49", "[0, 49]"),
        ("between 0 and 49", "[0, 49]"),
        ("0 through 49", "[0, 49]"),
        ("0% - 49%", "[0, 49]"),
        ("0 \u2013 49 %", "[0, 49]"),
        ("0 to 49 per cent", "[0, 49]"),
        ("0-49 percent", "[0, 49]"),
        ("0-64 points", "[0, 64]"),
        ("\uff10\uff0d\uff14\uff19", "[0, 49]"),  # full width
        ("1,000 - 1,999", "[1000, 1999]"),
        ("1,000,000+", "[1000000, inf)"),
        ("1\u00a0000 \u2013 2\u202f500.5", "[1000, 2500.5]"),
        ("1'000 - 2\u2019000", "[1000, 2000]"),
        ("-5 - -1", "[-5, -1]"),
        ("\u22125 to 5", "[-5, 5]"),
        ("6.9+", "[6.9, inf)"),
        ("6.9% +", "[6.9, inf)"),
        ("6.9 and over", "[6.9, inf)"),
        ("6.9 & above", "[6.9, inf)"),
        ("6.9 or more", "[6.9, inf)"),
        ("6.9% or higher", "[6.9, inf)"),
        ("6.9 and upwards", "[6.9, inf)"),
        (">= 6.9", "[6.9, inf)"),
        ("\u22656.9", "[6.9, inf)"),
        ("at least 6.9", "[6.9, inf)"),
        ("from 6.9", "[6.9, inf)"),
        ("> 6.9", "(6.9, inf)"),
        ("over 6.9", "(6.9, inf)"),
        ("more than 6.9", "(6.9, inf)"),
        ("above 6.9%", "(6.9, inf)"),
        ("under 3", "(-inf, 3)"),
        ("<3", "(-inf, 3)"),
        ("below 3.0", "(-inf, 3)"),
        ("less than 3", "(-inf, 3)"),
        ("up to but not including 3", "(-inf, 3)"),
        ("<= 3", "(-inf, 3]"),
        ("\u22643", "(-inf, 3]"),
        ("up to 3", "(-inf, 3]"),
        ("up to and including 3", "(-inf, 3]"),
        ("no more than 3", "(-inf, 3]"),
        ("at most 3", "(-inf, 3]"),
        ("3 or less", "(-inf, 3]"),
        ("3 and under", "(-inf, 3]"),
        ("3 or fewer", "(-inf, 3]"),
        ("3 to under 6.9", "[3, 6.9)"),
        ("3 - <6.9", "[3, 6.9)"),
        (">=3 and <6.9", "[3, 6.9)"),
        (">=3 <6.9", "[3, 6.9)"),
        ("<6.9 and >=3", "[3, 6.9)"),
        (">3 to 6.8", "(3, 6.8]"),
        ("over 3 and under 6.9", "(3, 6.9)"),
        ("3 or more but less than 6.9", "[3, 6.9)"),
        ("3 and over but under 6.9", "[3, 6.9)"),
        ("3 up to 6.9", "[3, 6.9]"),
        ("more than 49 and up to 74", "(49, 74]"),
        ("3 and less than 7", "[3, 7)"),
        ("at least 3 and no more than 7", "[3, 7]"),
        ("greater than or equal to 3", "[3, inf)"),
        ("less than or equal to 3", "(-inf, 3]"),
        ("> = 6.9", "[6.9, inf)"),
        ("over 3 up to and including 6.8", "(3, 6.8]"),
        ("[3, 6.9)", "[3, 6.9)"),
        ("(3, 6.9]", "(3, 6.9]"),
        ("5", "[5, 5]"),
        ("100%", "[100, 100]"),
        (".5 - 1.5", "[0.5, 1.5]"),
    ],
)
def test_readable_text(text: str, interval: str) -> None:
    assert str(read_row(text, "row 1").interval) == interval


@pytest.mark.parametrize(
    "text", ["N/A", "n/a", "NA", "n.a.", "Not applicable", "none", "-", "\u2013"]
)
def test_a_row_can_name_no_scores(text: str) -> None:
    assert read_row(text, "row 1").interval is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [("0 - 3", 0), ("3 - 6.8", 1), ("3.00 - 6", 2), ("6.9+", 1), ("[0, 1.25)", 2)],
)
def test_the_decimals_printed_are_kept(text: str, digits: int) -> None:
    assert read_row(text, "row 1").digits == digits


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the text is empty"),
        (" \t", "the text is empty"),
        ("six", "cannot read 'six'"),
        ("0 - six", "cannot read 'six'"),
        ("1,5 - 2", "cannot read ',5 - 2'"),  # a decimal comma
        ("0,500", "cannot read ',500'"),
        ("1,0000", "cannot read ',0000'"),
        ("1.2.3", "cannot read"),
        ("3..5", "cannot read"),
        ("1e3", "cannot read"),
        ("5 100", "one or two ends are needed"),  # a lost dash?
        ("3 4", "one or two ends"),
        ("3 and 5", "one or two ends"),
        ("between 3 - 5", "one or two ends"),
        ("between 3", "one or two ends"),
        ("3 - 4 - 5", "one or two ends"),
        ("3 to - 4", "runs downward"),
        ("49 - 0", "runs downward or holds no score; write the lower end first"),
        (">3 and >4", "one or two ends"),
        ("<3 and <4", "one or two ends"),
        ("3 > 4", "one or two ends"),
        (">3 and <3", "runs downward"),
        ("over 3 - 3", "runs downward"),
        ("3 -", "a number is missing"),
        ("to 5", "'to' makes no sense"),
        ("5 to", "a number is missing"),
        ("+", "makes no sense|number is missing"),
        ("+ 5", "makes no sense"),
        ("<", "a number is missing"),
        ("< > 5", "makes no sense"),
        ("> 5 and over", "makes no sense"),
        ("5 + +", "makes no sense"),
        ("- - 5", "makes no sense"),
        ("3 - between", "makes no sense"),
        ("3 - N/A", "cannot read 'N/A'"),
        ("6.9\u00b9", "remove the footnote mark"),
        ("6\u00bd", "remove the footnote mark"),
        ("[6.9, 3)", "holds no number"),
        ("(3, 6.9", "written like"),
        ("[3, inf]", "infinite end"),
        ("\u0663 - \u0665", "cannot read"),
    ],
)
def test_nonsense_is_refused_and_the_row_named(text: str, why: str) -> None:
    with pytest.raises(TableError, match=why) as refusal:
        PrintedBands.parse([("Low", "-9 - -8"), ("High", text)])
    assert str(refusal.value).startswith(f"row 2 ('High', {text!r}): ")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "needs a row that names scores"),
        ([("Low", "N/A")], "needs a row that names scores"),
        ([("Low", "0-3"), ("Low", "4-5")], "row 2: the label 'Low' was printed before"),
        (["0-3"], "row 1: a row is a label and a text"),
        ([("Low", "0-3"), ("High",)], "row 2: a row is a label and a text"),
        ([("Low", 3)], "row 1: a row is"),
        ([("", "3")], "row 1: a row is"),
        ([7], "row 1: a row is"),
        ([("a", "0-3"), ("b", "8-9"), ("c", "4-5")], "the row of 'c' is out of order"),
    ],
)
def test_rows_that_make_no_table_are_refused(rows: Any, why: str) -> None:
    with pytest.raises(TableError, match=why):
        PrintedBands.parse(rows)


def test_a_mapping_is_rows() -> None:
    assert PrintedBands.parse({"a": "0-3", " b ": "4-5"}) == PrintedBands.parse(
        [("a", "0-3"), ("b", "4-5")]
    )


def test_rows_printed_from_the_highest_down_are_turned_round() -> None:
    rows = [("None", "N/A"), ("Low", "0-49"), ("Medium", "50-74"), ("High", "75-100")]
    printed = PrintedBands.parse(reversed(rows))
    assert printed == PrintedBands.parse(rows)
    assert [row.label for row in printed.named] == ["Low", "Medium", "High"]


# -- ambiguities -----------------------------------------------------------------------------------


def found(*rows: str) -> list[str]:
    printed = PrintedBands.parse([("abcdef"[n], text) for n, text in enumerate(rows)])
    return [
        f"{'gap' if isinstance(x, PrintedGap) else 'overlap'} {x.where} {''.join(x.labels)}"
        for x in printed.ambiguities()
    ]


def test_tables_without_ambiguity() -> None:
    assert found("under 3", "3 to under 6.9", "6.9+") == []
    assert found("0 - 3", ">3 - 7") == []
    assert found("5") == []


def test_every_overlap_and_gap_is_found() -> None:
    assert found("0-3", "3-6.8", "6.9+") == ["overlap 3 ab", "gap (6.8, 6.9) bc"]
    assert found("0-30", "25-50") == ["overlap [25, 30] ab"]
    assert found("0-30", "25-50", "30-60") == [
        "overlap [25, 30) ab",
        "overlap 30 abc",
        "overlap (30, 50] bc",
    ]
    assert found("0-100", "20-30", "40-50") == ["overlap [20, 30] ab", "overlap [40, 50] ac"]
    assert found("under 3", "over 3") == ["gap 3 ab"]
    assert found("up to 3", "3+") == ["overlap 3 ab"]
    assert found("0-49", "60-74", "75+") == ["gap (49, 60) ab", "gap (74, 75) bc"]
    assert found("0-3", "0-3") == ["overlap [0, 3] ab"]


def test_a_gap_says_at_which_precision_it_closes() -> None:
    printed = PrintedBands.parse({"a": "0-49", "b": "50-59.5", "c": "59.6-70", "d": "72+"})
    gaps = printed.ambiguities()
    assert [g.closes_at for g in gaps if isinstance(g, PrintedGap)] == [0, 1, None]
    assert str(gaps[0]) == (
        "nothing is printed for (49, 50), between a and b "
        "(no score lies there once rounded half up to a whole number)"
    )
    assert str(gaps[2]) == "nothing is printed for (70, 72), between c and d"


def test_an_overlap_of_one_score_has_a_value_and_a_wider_one_has_none() -> None:
    one, two = PrintedBands.parse({"a": "0-3", "b": "3-6", "c": "5-9"}).ambiguities()
    assert isinstance(one, PrintedOverlap)
    assert one.value == 3
    assert two.value is None
    assert str(two) == "[5, 6] belongs to b and c"


# -- resolving -------------------------------------------------------------------------------------

INTEGERS = PrintedBands.parse({"Low": "0 - 49", "Medium": "50 - 74", "High": "75 - 89"})


@pytest.mark.parametrize(
    ("score", "band"), [(49.49, "Low"), (49.5, "Medium"), (49.999, "Medium"), (74.499, "Medium")]
)
def test_whole_percentages_close_when_scores_are_rounded_first(score: float, band: str) -> None:
    rounded = INTEGERS.resolve(rounding=Rounding(0))
    assert rounded.classify(score) == band
    assert [str(i) for i in rounded.intervals] == ["[0, 50)", "[50, 75)", "[75, 89]"]
    assert rounded.origin is not None
    assert {(d.choice, d.where) for d in rounded.origin.decisions} == {
        ("rounding", "(49, 50)"),
        ("rounding", "(74, 75)"),
    }


def test_without_rounding_whole_percentages_leave_gaps() -> None:
    with pytest.raises(TableError, match=r"gap='keep' or gap='missing', or a rounding that close"):
        INTEGERS.resolve()
    kept = INTEGERS.resolve(gap="keep")
    assert [str(g.interval) for g in kept.gaps] == ["(49, 50)", "(74, 75)"]
    assert INTEGERS.resolve(gap="missing").gaps[0].values is Policy.NONE
    assert str(INTEGERS.resolve(gap="lower").intervals[0]) == "[0, 50)"
    assert str(INTEGERS.resolve(gap="upper").intervals[0]) == "[0, 49]"


def test_a_rounding_finer_than_the_gap_does_not_close_it() -> None:
    with pytest.raises(TableError, match="leaves open"):
        INTEGERS.resolve(rounding=Rounding(1))


def test_each_ambiguity_can_be_decided_on_its_own() -> None:
    printed = PrintedBands.parse({"a": "0-3", "b": "3-6", "c": "6-9", "d": "10-12", "e": "14-20"})
    table = printed.resolve(
        overlap={("a", "b"): "upper", ("b", "c"): Choice("b", "b is wider")},
        gap={("c", "d"): "lower", ("d", "e"): Choice("keep", "nobody knows")},
    )
    assert [str(i) for i in table.intervals] == [
        "[0, 3)",
        "[3, 6]",
        "(6, 10)",
        "[10, 12]",
        "[14, 20]",
    ]
    assert table.gaps[0].reason == "nobody knows"
    assert table.origin is not None
    assert [d.reason for d in table.origin.decisions][:2] == ["chosen by the caller", "b is wider"]
    with pytest.raises(TableError, match=r"\(12, 14\), between d and e: pass gap"):
        printed.resolve(overlap="upper", gap={("c", "d"): "lower"})


def test_a_decision_about_nothing_is_refused() -> None:
    printed = PrintedBands.parse({"a": "0-3", "b": "3-6"})
    with pytest.raises(TableError, match="there is no overlap between b and a"):
        printed.resolve(overlap={("a", "b"): "upper", ("b", "a"): "upper"})
    with pytest.raises(TableError, match="there is no gap between a and b"):
        printed.resolve(overlap="upper", gap={("a", "b"): "upper"})


@pytest.mark.parametrize(
    ("about", "to"), [("overlap", "keep"), ("overlap", "c"), ("gap", "middle")]
)
def test_a_choice_that_settles_nothing_is_refused(about: str, to: str) -> None:
    printed = PrintedBands.parse({"a": "0-3", "b": "3-6", "c": "7-9"})
    choices: dict[str, Any] = {"overlap": "upper", "gap": "lower"} | {about: to}
    with pytest.raises(TableError, match=f"'{to}' does not settle it; {about} is one of lower"):
        printed.resolve(**choices)


def test_decisions_that_break_a_band_are_refused() -> None:
    with pytest.raises(TableError, match="leave 'b' without any score"):
        PrintedBands.parse({"a": "0-9", "b": "3-6"}).resolve(overlap="lower")
    with pytest.raises(TableError, match="leave 'a' in two pieces"):
        PrintedBands.parse({"a": "0-9", "b": "3-6"}).resolve(overlap="upper")


def test_the_ends_can_be_moved_outwards_with_a_reason() -> None:
    printed = PrintedBands.parse({"a": "under 3", "b": "3-9"})
    table = printed.resolve(lowest="0", highest=Choice("10", "the scale ends there"))
    assert [str(i) for i in table.intervals] == ["[0, 3)", "[3, 10]"]
    assert table.origin is not None
    assert [(d.about, d.choice, d.reason) for d in table.origin.decisions] == [
        ("lowest", "0", "chosen by the caller"),
        ("highest", "10", "the scale ends there"),
    ]
    assert str(printed.resolve(lowest="-inf", highest="inf").intervals[1]) == "[3, inf)"
    assert str(PrintedBands.parse({"a": "1-2"}).resolve(lowest="1", highest="2").intervals[0]) == (
        "[1, 2]"
    )
    with pytest.raises(TableError, match="highest=8 would cut off printed scores of 'b'"):
        printed.resolve(highest="8")
    with pytest.raises(TableError, match="lowest=1 would cut off printed scores of 'a'"):
        PrintedBands.parse({"a": "0-3"}).resolve(lowest="1")


def test_other_attributes_go_to_the_table() -> None:
    table = INTEGERS.resolve(rounding=Rounding(0), id="mine", source="a leaflet", above="none")
    assert (table.id, table.source, table.above) == ("mine", "a leaflet", Policy.NONE)


# -- what holds for all of them --------------------------------------------------------------------

PRINTED = [name for name, table in band_tables.items() if table.origin]


@pytest.mark.parametrize("name", PRINTED)
def test_each_printed_number_gets_its_printed_label_but_for_the_ambiguities(name: str) -> None:
    table = band_table(name)
    assert table.origin is not None
    printed = PrintedBands.parse(table.origin.rows)
    disputed = [a.interval for a in printed.ambiguities() if isinstance(a, PrintedOverlap)]
    checked = 0
    for row in printed.named:
        assert row.interval is not None
        for end in (row.interval.lower, row.interval.upper):
            if end.is_finite() and not any(end in interval for interval in disputed):
                assert table.classify(end) == row.label
                assert table.classify(float(end)) == row.label
                checked += 1
    assert checked >= len(printed.named)


@st.composite
def printed_tables(draw: st.DrawFn) -> list[tuple[str, str]]:
    ends = sorted(draw(st.lists(st.integers(0, 60), min_size=4, max_size=10, unique=True)))
    places = draw(st.integers(0, 2))
    dash = draw(st.sampled_from([" - ", "-", "\u2013", " \u2014 ", " to ", "% \u2212 "]))
    shown = [f"{Decimal(end).scaleb(-places):f}" for end in ends]
    rows = [f"{a}{dash}{b}" for a, b in zip(shown[::2], shown[1::2], strict=False)]
    if len(ends) % 2:
        rows.append(f"{shown[-1]}+")
    return [(f"band {n}", text) for n, text in enumerate(rows)]


@given(printed_tables(), st.sampled_from(["lower", "upper", "keep", "missing"]), st.booleans())
def test_every_printed_number_gets_its_label(
    rows: list[tuple[str, str]], gap: str, turned: bool
) -> None:
    printed = PrintedBands.parse(reversed(rows) if turned else rows)
    assert [(row.label, row.text) for row in printed.rows] == rows
    table = printed.resolve(gap=gap)
    for row in printed.rows:
        assert row.interval is not None
        for end in (row.interval.lower, row.interval.upper):
            if end.is_finite():
                assert table.classify(end) == row.label
    assert not compare(table, table)


@given(st.text(max_size=12) | st.text("0123456789.,-+<>=% andovertu", max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    refusal = ""
    interval = None
    try:
        interval = read_row(text, "row 1").interval
    except TableError as error:
        refusal = str(error)
    assert refusal.startswith("row 1: ") or not refusal
    assert interval is None or interval.start < interval.end


# -- what only looks like a range ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["over 1 500", ">= 1 500", "from 1 500", "at least 3 5", "3+5", "3 and over 5", "over 3 and 5"],
)
def test_a_bare_number_with_no_dash_before_it_is_no_upper_end(text: str) -> None:
    # "over 1 500" is 1,500 with a plain space, and must not be read as 1 to 500
    with pytest.raises(TableError, match="joined by a dash"):
        PrintedBands.parse([("Low", text)])


@given(st.text(alphabet="0123456789.-– +\t,", max_size=12))
def test_a_plain_range_reads_as_the_patterns_of_all_texts_read_it(text: str) -> None:
    plain = printedtext._whole_range(text)
    if plain is not None:
        assert printedtext._read(printedtext._cleaned(text)) == plain


@pytest.mark.parametrize("text", ["0 - 49", "7-7", " 007 -\t12 "])
def test_a_plain_range_needs_no_pattern(text: str) -> None:
    assert printedtext._whole_range(text) == printedtext._read(printedtext._cleaned(text))


@pytest.mark.parametrize("text", ["0 -- 49", "-10 -- 5", "-10--5"])
def test_two_hyphens_are_not_guessed_at(text: str) -> None:
    with pytest.raises(TableError, match="write one dash"):
        PrintedBands.parse([("Low", text)])


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("3 and over but under 5", "[3, 5)"),
        ("3 or more and 5 or less", "[3, 5]"),
        ("5 or less and 3 or more", "[3, 5]"),
        (">=3 <5", "[3, 5)"),
        ("from 3 to 5", "[3, 5]"),
        ("0\u204349", "[0, 49]"),  # hyphen bullet
        ("0\u02d749", "[0, 49]"),  # modifier minus
        ("0\u301c49", "[0, 49]"),  # wave dash
        ("0 \u2796 49", "[0, 49]"),  # heavy minus
        ("0\u303049", "[0, 49]"),  # wavy dash
    ],
)
def test_ends_that_say_their_side(text: str, interval: str) -> None:
    assert str(PrintedBands.parse([("Low", text)]).rows[0].interval) == interval


def test_a_rounding_is_a_rounding() -> None:
    with pytest.raises(TableError, match=r"Rounding\(2\)"):
        PrintedBands.parse([("Low", "0 - 49")]).resolve(rounding=2)  # type: ignore[arg-type]


def test_a_gap_is_kept_for_a_reason() -> None:
    printed = PrintedBands.parse([("Low", "0 - 49"), ("High", "50 - 99")])
    with pytest.raises(TableError, match="needs its reason"):
        printed.resolve(gap=Choice("keep", " "))


# -- numbers as printed ----------------------------------------------------------------------------


def test_a_printed_number_keeps_its_digits_whatever_the_decimal_context() -> None:
    rows = {"Low": "0 - 6.85", "High": "6.86 - 9.99"}
    with decimal.localcontext() as context:
        context.prec = 2
        context.traps[decimal.Inexact] = True
        assert PrintedBands.parse(rows) == PrintedBands.parse(dict(rows))
        (low, high) = PrintedBands.parse(rows).rows
    assert str(low.interval) == "[0, 6.85]"
    assert str(high.interval) == "[6.86, 9.99]"
    long = "0." + "123456789" * 5
    assert str(read_row(f"-{long} - {long}", "row 1").interval) == f"[-{long}, {long}]"


@pytest.mark.parametrize("text", ["9" * 5000, f"0 - {'9' * 5000}", f"-{'9' * 5000}"])
def test_a_number_can_be_long(text: str) -> None:
    assert "9" * 5000 in str(read_row(text, "row 1").interval)


def test_a_number_too_small_to_be_a_score_is_refused_by_its_row() -> None:
    with pytest.raises(TableError, match=r"^row 2 \('High', .*: an edge must be"):
        PrintedBands.parse([("Low", "0"), ("High", f"0.{'0' * 5000}1 - 3")])


@pytest.mark.parametrize(
    "dash", [c for c in map(chr, range(0x11000)) if unicodedata.category(c) == "Pd"]
)
def test_every_dash_of_unicode_is_a_dash(dash: str) -> None:
    assert str(read_row(f"3{dash}6.8", "row 1").interval) == "[3, 6.8]"
    assert str(read_row(f"3 {dash} 6.8", "row 1").interval) == "[3, 6.8]"
    assert read_row(dash, "row 1").interval is None


# -- choices that are none -------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["overlap", "gap"])
def test_a_choice_that_could_settle_nothing_is_refused_where_nothing_is_open(about: str) -> None:
    wrong: Any = {about: "uper"}
    for printed in (PrintedBands.parse({"Low": "under 3", "High": "3+"}), INTEGERS):
        with pytest.raises(TableError, match=f"'uper' does not settle it; {about} is one of lower"):
            printed.resolve(rounding=Rounding(0), **wrong)
    for harmless in ("lower", "upper", "rounding"):
        right: Any = {about: harmless}
        assert INTEGERS.resolve(rounding=Rounding(0), **right)


def test_choices_are_by_the_labels_concerned() -> None:
    key: Any
    for key, named in (("Low", "'Low'"), (5, "5"), (("Medium", "Low"), "Medium and Low")):
        with pytest.raises(TableError, match=f"there is no gap between {named}"):
            INTEGERS.resolve(gap={key: "lower"}, rounding=Rounding(0))


def test_a_band_may_have_the_name_of_a_choice_about_gaps() -> None:
    table = PrintedBands.parse({"keep": "0-3", "drop": "3-6"}).resolve(overlap="keep")
    assert [str(interval) for interval in table.intervals] == ["[0, 3]", "(3, 6]"]
    assert not table.gaps


def test_the_lowest_score_may_be_given_as_a_number() -> None:
    lowest: Any = 0
    table = PrintedBands.parse({"Low": "under 3"}).resolve(lowest=Choice(lowest, "a count"))
    assert BandTable.from_toml(table.to_toml()) == table
