"""Making a table, and what it does with values that are no ordinary score."""

import copy
import datetime as dt
import decimal
import math
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.printed import Choice
from riskbands.bands.table import (
    NOT_APPLICABLE,
    BandTable,
    Closed,
    Gap,
    Interval,
    Policy,
    Rounding,
    Status,
)
from riskbands.errors import BandError, InputError, TableError, UnknownNameError

RSR = band_table("rsr-2025")


def table(*intervals: str, **rest: Any) -> BandTable:
    labels = [f"band {n}" for n in range(len(intervals))]
    return BandTable(id="t", labels=labels, intervals=intervals, **rest)


# -- the constructor proves its table --------------------------------------------------------------


@pytest.mark.parametrize(
    ("intervals", "message"),
    [
        (["[0, 3]", "[3, 7)"], r"t: \[0, 3\] and \[3, 7\) overlap"),
        (["[0, 4)", "[3, 7)"], r"\[0, 4\) and \[3, 7\) overlap"),
        (["[0, 3)", "(3, 7)"], r"t: \[3, 3\] belongs to no band; move an edge, or declare a Gap"),
        (["[0, 2)", "[3, 7)"], r"\[2, 3\) belongs to no band"),
        (["[3, 7)", "[0, 3)"], r"bands must rise, but 'band 1' \[0, 3\) does not start past"),
        (["[0, 9)", "[0, 3)"], "bands must rise"),
        (["[0, 9)", "[2, 3)"], "overlap"),
    ],
)
def test_bands_that_do_not_meet_are_refused(intervals: list[str], message: str) -> None:
    with pytest.raises(TableError, match=message):
        table(*intervals)


def test_a_gap_must_be_declared_exactly() -> None:
    gap = Gap("[2, 3)", "nothing is printed")
    assert table("[0, 2)", "[3, 7)", gaps=[gap]).gaps == (gap,)
    with pytest.raises(TableError, match=r"\[3, 3\] belongs to no band"):
        table("[0, 2)", "(3, 7)", gaps=[gap])
    with pytest.raises(TableError, match="overlap"):
        table("[0, 2]", "[3, 7)", gaps=[gap])
    with pytest.raises(TableError, match="lies between two bands"):
        table("[0, 2)", gaps=[gap])
    with pytest.raises(TableError, match="lies between two bands"):
        table("[3, 7)", gaps=[gap])


def test_a_gap_has_a_reason_and_no_end_band() -> None:
    with pytest.raises(ValueError, match="reason"):
        Gap("(1, 2)", "")
    with pytest.raises(TableError, match="'raise' or 'none'"):
        Gap("(1, 2)", "why", Policy.CLAMP)


def test_a_band_that_no_rounded_score_reaches_is_refused() -> None:
    with pytest.raises(TableError, match=r"no score rounds \(half up to 1 decimal\) into \(3, 3"):
        table("[0, 3]", "(3, 3.05)", "[3.05, 9)", rounding=Rounding(1))
    assert table("[0, 3]", "(3, 3.11)", "[3.11, 9)", rounding=Rounding(1)).classify(3.1) == "band 1"


def test_missing_is_never_a_band() -> None:
    with pytest.raises(TableError, match="missing is never a band"):
        table("[0, 3)", missing="clamp")


@pytest.mark.parametrize("name", ["below", "above", "missing", "unit", "status"])
def test_a_misspelt_choice_gets_a_suggestion(name: str) -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean|known:"):
        table("[0, 3)", **{name: "rise"})


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([], "from 1 to 60 labels"),
        (["a"] * 61, "from 1 to 60 labels"),
        (["a", "a"], "two bands have the same label"),
        (["a", ""], "label 2 must be a text without outer spaces"),
        (["a ", "b"], "label 1 must be"),
        ([1, 2], "label 1 must be a text"),
        (["a", "b\n c"], "label 2 cannot be used"),
        (["missing", "b"], "label 1 cannot be used"),
        (["a", "not_applicable"], "label 2 cannot be used"),
        ("ab", "not one text"),
    ],
)
def test_labels_that_cannot_be_names_are_refused(labels: Any, message: str) -> None:
    with pytest.raises(TableError, match=message):
        BandTable(id="t", labels=labels, intervals=["[0, 1)", "[1, 2)"])


@pytest.mark.parametrize("bad", ["", "  ", "a\x00b", 3, None])
def test_an_id_is_a_short_text(bad: Any) -> None:
    with pytest.raises(TableError, match="needs an id"):
        BandTable(id=bad, labels=["a"], intervals=["[0, 1)"])


def test_labels_and_intervals_must_be_as_many() -> None:
    with pytest.raises(TableError, match="2 labels need as many intervals, not 1"):
        BandTable(id="t", labels=["a", "b"], intervals=["[0, 1)"])
    with pytest.raises(TableError, match="not one text"):
        BandTable(id="t", labels=["a", "b"], intervals="[0, 1)")


def test_sixty_bands_with_a_gap_between_each_two_still_count_right() -> None:
    intervals = [f"[{2 * n}, {2 * n + 1})" for n in range(60)]
    gaps = [Gap(f"[{2 * n + 1}, {2 * n + 2})", "odd", "none") for n in range(59)]
    many = table(*intervals, gaps=gaps)
    xs = np.arange(0, 119) + 0.5
    expected = [n // 2 if n % 2 == 0 else -1 for n in range(119)]
    assert many.codes(xs).tolist() == expected
    assert many.codes(np.arange(0, 119)).tolist() == expected


# -- from edges ------------------------------------------------------------------------------------


def test_edges_belong_to_the_band_above_unless_said_otherwise() -> None:
    lower = BandTable.from_edges("t", ["a", "b"], [0, "2.5", Decimal(9)])
    assert [str(i) for i in lower.intervals] == ["[0, 2.5)", "[2.5, 9)"]
    assert lower.closed is Closed.LOWER
    upper = BandTable.from_edges("t", ["a", "b"], [0, "2.5", 9], closed="upper")
    assert [str(i) for i in upper.intervals] == ["(0, 2.5]", "(2.5, 9]"]
    assert upper.closed is Closed.UPPER
    both = BandTable.from_edges("t", ["a", "b"], [0, "2.5", 9], include_ends=True)
    assert [str(i) for i in both.intervals] == ["[0, 2.5)", "[2.5, 9]"]
    both = BandTable.from_edges("t", ["a", "b"], [0, 2, 9], closed="upper", include_ends=True)
    assert [str(i) for i in both.intervals] == ["[0, 2]", "(2, 9]"]
    for closed in ("lower", "upper"):
        line = BandTable.from_edges("t", ["a", "b"], ["-inf", 0, "∞"], closed=closed)
        assert line.edges == (Decimal("-inf"), Decimal(0), Decimal("inf"))
        assert line.classify(0) == ("b" if closed == "lower" else "a")


def test_from_edges_refuses_what_is_no_row_of_edges() -> None:
    with pytest.raises(TableError, match="2 labels need 3 edges"):
        BandTable.from_edges("t", ["a", "b"], [0, 1])
    with pytest.raises(TableError, match="'lower' or 'upper'"):
        BandTable.from_edges("t", ["a"], [0, 1], closed=Closed.BOTH)
    with pytest.raises(UnknownNameError, match="lower"):
        BandTable.from_edges("t", ["a"], [0, 1], closed="lowr")  # type: ignore[arg-type]
    with pytest.raises(TableError, match="holds no number"):
        BandTable.from_edges("t", ["a", "b"], [0, 2, 1])
    with pytest.raises(TableError, match=r"cannot be a float \(write 6.9 as the text '6.9'\)"):
        BandTable.from_edges("t", ["a"], [0, 6.9])  # type: ignore[list-item]


def test_closed_is_none_where_edges_differ_or_there_is_none() -> None:
    assert band_table("rsr-api-2025-08").closed is None
    assert table("[0, 1)").closed is None


def test_a_changed_table_says_so() -> None:
    changed = RSR.replace(above="none")
    assert changed.id == "rsr-2025 (modified)"
    assert changed.replace(below="none").id == "rsr-2025 (modified)"
    assert RSR.replace(id="mine").id == "mine"
    assert changed.digest != RSR.digest
    assert changed.classify(3) != RSR.classify(3)


def test_a_table_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        RSR.labels = ()  # type: ignore[misc]
    RSR.thresholds[0] = 5  # a copy
    assert RSR.classify(0) == "Low"


# -- what is no ordinary score ---------------------------------------------------------------------

MISSING: list[Any] = [
    None,
    math.nan,
    np.nan,
    np.float32("nan"),
    Decimal("NaN"),
    Decimal("sNaN"),
    np.ma.masked,
]
MISSING += [pd.NA, np.longdouble("nan"), np.ma.array(3.0, mask=True), np.array(np.nan)]


@pytest.mark.parametrize("x", MISSING, ids=repr)
def test_missing_is_no_band(x: Any) -> None:
    assert RSR.classify(x) is None
    assert RSR.classify(x, refused="missing") is None
    strict = RSR.replace(missing="raise")
    with pytest.raises(InputError, match="the score is missing, which") as refusal:
        strict.classify(x)
    assert refusal.value.code == "missing"
    assert strict.classify(x, refused="missing") is None


NO_NUMBERS: list[Any] = [
    True,
    np.True_,
    "3",
    b"3",
    3 + 0j,
    np.complex64(3),
    dt.date(2025, 1, 1),
    {},
    object(),
]
NO_NUMBERS += [np.datetime64("2025-01-01"), np.timedelta64(3, "D"), pd.NaT, np.str_("3"), {3}]


@pytest.mark.parametrize("x", NO_NUMBERS, ids=lambda x: type(x).__name__)
def test_what_is_no_number_is_refused(x: Any) -> None:
    with pytest.raises(BandError, match="a score to band is a number, not of type"):
        RSR.classify(x)
    with pytest.raises(TypeError):
        RSR.classify([1.0, x])


@pytest.mark.parametrize(
    "values",
    [
        np.array([True, False]),
        np.array(["3"]),
        np.array([b"3"]),
        np.array([1j]),
        np.array(["2025-01-01"], dtype="datetime64[D]"),
        np.array([(1, 2)], dtype="i4,i4"),
        pd.Series([True]),
        pd.Series(["3"]),
        pd.Series(pd.Categorical(["Low"])),
        pl.Series([True, None]),
        pl.Series(["3"]),
    ],
    ids=lambda v: f"{type(v).__module__}-{v.dtype}",
)
def test_arrays_of_what_is_no_number_are_refused(values: Any) -> None:
    with pytest.raises(BandError, match="convert"):
        RSR.classify(values)


@pytest.mark.parametrize("x", [-1, -0.0051, -math.inf, Decimal("-Infinity"), -(10**400)])
def test_below_the_table(x: Any) -> None:
    with pytest.raises(InputError, match=r"the score lies below rsr-2025, which starts at \[0"):
        RSR.classify(x)
    assert RSR.classify(x, refused="missing") is None
    assert RSR.replace(below="none").classify(x) is None
    assert RSR.replace(below="clamp").classify(x) == "Low"


@pytest.mark.parametrize("x", [100, 99.995, math.inf, Decimal("1E+999999999"), 10**400])
def test_above_the_table(x: Any) -> None:
    arp = band_table("arp-2026")
    with pytest.raises(InputError, match=r"lies above arp-2026, which ends at \[90, 100\)") as no:
        arp.classify(x)
    assert no.value.code == "out_of_range"
    assert arp.replace(above="none").classify(x) is None
    assert arp.replace(above="clamp").classify(x) == "Very High"


def test_an_unbounded_table_ends_at_infinity() -> None:
    points = RSR.replace(unit="points")
    assert points.classify(1.7976931348623157e308) == "High"
    assert points.classify(10**400) == "High"
    for x in (math.inf, Decimal("Infinity"), np.float32("inf")):
        with pytest.raises(InputError, match="lies above"):
            points.classify(x)
    assert points.replace(above="clamp").classify(math.inf) == "High"
    line = BandTable.from_edges("t", ["a", "b"], ["-inf", 0, "inf"], below="clamp")
    assert line.classify(-math.inf) == "a"
    assert line.classify(-1.7976931348623157e308) == "a"


def test_zero_has_no_sign() -> None:
    assert RSR.classify(-0.0) == RSR.classify(0.0) == "Low"
    parole = band_table("rsr-parole-2018")
    assert parole.classify(-0.0) == "Low"
    with pytest.raises(InputError, match="below"):
        parole.classify(-5e-324)


def test_an_unknown_word_for_refused_is_refused() -> None:
    misspelt: Any = "rais"
    for call in (RSR.classify, RSR.codes):
        with pytest.raises(UnknownNameError, match="did you mean raise"):
            call(np.array([1.0]), refused=misspelt)
    with pytest.raises(UnknownNameError):
        RSR.classify(-1.0, refused=misspelt)


# -- rows ------------------------------------------------------------------------------------------


def labels(values: Any, t: BandTable = RSR) -> list[str | None]:
    return [None if label != label else label for label in t.classify(values).to_numpy()]


@pytest.mark.parametrize(
    "values",
    [
        np.array([1.0, np.nan, 7.0]),
        np.array([1.0, np.nan, 7.0], dtype=">f8"),
        np.array([1.0, 9.0, np.nan, 9.0, 7.0])[::2],
        np.array([1.0, np.nan, 7.0], dtype=np.longdouble),
        np.array([1, None, Decimal(7)], dtype=object),
        np.ma.array([1.0, -5.0, 7.0], mask=[False, True, False]),
        np.ma.array([1, -5, 7], mask=[False, True, False]),
        np.ma.array([1, "no", 7], mask=[False, True, False], dtype=object),
        [1, None, 7.0],
        (1, math.nan, Fraction(7)),
        pd.Series([1.0, None, 7.0], index=[9, 8, 7]),
        pd.Series([1, None, 7], dtype="Int64"),
        pd.Series([Decimal(1), None, Decimal(7)]),
        pd.Index([1.0, None, 7.0]),
        pl.Series([1, None, 7]),
        pl.Series([1.0, None, 7.0], dtype=pl.Float32),
        pl.Series([Decimal(1), None, Decimal(7)]),
    ],
    ids=lambda v: f"{type(v).__module__}.{type(v).__name__}-{getattr(v, 'dtype', '')}",
)
def test_rows_of_every_kind(values: Any) -> None:
    assert labels(values) == ["Low", None, "High"]


def test_empty_rows() -> None:
    empties: tuple[Any, ...] = (
        [],
        np.array([]),
        np.array([], dtype=np.int64),
        pd.Series([], dtype=float),
    )
    for empty in empties:
        assert len(RSR.classify(empty)) == 0


def test_scalars_in_an_array_of_no_dimension_are_numbers() -> None:
    assert RSR.classify(np.array(3.0)) == "Medium"
    assert RSR.codes(np.array(3.0)).shape == ()
    assert RSR.classify(np.array(Decimal("6.9"))) == "High"


def test_codes_keep_the_shape() -> None:
    grid = np.array([[1.0, 3.0], [np.nan, 7.0]])
    assert RSR.codes(grid).tolist() == [[0, 1], [-1, 2]]
    assert RSR.codes(grid.T).tolist() == [[0, -1], [1, 2]]
    assert RSR.codes(np.asfortranarray(grid)).tolist() == [[0, 1], [-1, 2]]
    assert RSR.codes(grid).dtype == np.int8
    for square in (grid, pd.DataFrame(grid)):
        with pytest.raises(BandError, match="one row of scores"):
            RSR.classify(square)
    with pytest.raises(BandError, match="not of type list"):
        RSR.classify([[1.0], [2.0]])  # type: ignore[list-item]


@pytest.mark.parametrize("kind", [list, np.array, pd.Series, pl.Series])
def test_a_refused_row_is_named_and_its_value_is_not(kind: Any) -> None:
    with pytest.raises(InputError) as refusal:
        RSR.classify(kind([1.0, -4321.5, 2.0, -1.0]))
    assert str(refusal.value) == (
        "row 1 (and 1 more), counted from 0, lies below rsr-2025, which starts at [0, 3); "
        "correct it, or pass refused='missing' for no band"
    )
    assert labels_lenient(kind([1.0, -4321.5])) == ["Low", None]


def labels_lenient(values: Any) -> list[str | None]:
    found = RSR.classify(values, refused="missing").to_numpy()
    return [None if label != label else label for label in found]


def test_a_row_is_named_by_its_place_and_not_by_its_index() -> None:
    with pytest.raises(InputError, match=r"^row 1, counted from 0, lies below"):
        RSR.classify(pd.Series([1.0, -1.0, 2.0], index=[7, 8, 9]))
    with pytest.raises(InputError, match=r"^row 1, counted from 0, lies below"):
        RSR.classify([1.0, -(10**400)])
    with pytest.raises(InputError, match=r"^row 3, counted from 0, lies below"):
        RSR.codes(np.array([[1.0, 2.0], [3.0, -1.0]]))


def test_whole_numbers_are_not_compared_as_doubles() -> None:
    wide = table("[0, 9007199254740993)", "[9007199254740993, inf)", rounding=Rounding(0))
    xs = [9007199254740991, 9007199254740992, 9007199254740993, 9007199254740994]
    for kind in (np.int64, np.uint64, object):
        assert wide.codes(np.array(xs, dtype=kind)).tolist() == [0, 0, 1, 1]
    assert [wide.classify(x) for x in xs] == ["band 0", "band 0", "band 1", "band 1"]


def test_edges_below_all_numbers_of_a_type() -> None:
    negative = table("[-5, -3)", "[-3, -1)", "[-1, 2)", "[2, 900)")
    assert negative.codes(np.array([0, 1, 2, 255], dtype=np.uint8)).tolist() == [2, 2, 3, 3]
    everything = table("(-inf, -300)", "[-300, 300)", "[300, inf)")
    assert everything.codes(np.array([-128, 127], dtype=np.int8)).tolist() == [1, 1]


def test_edges_at_the_end_of_a_type() -> None:
    ends = table("[-128, 127)", "[127, 128)", below="none")
    assert ends.codes(np.array([-128, -127, 126, 127], dtype=np.int8)).tolist() == [0, 0, 0, 1]
    assert ends.codes(np.array([-129, 128], dtype=np.int16), refused="missing").tolist() == [-1, -1]


def test_a_missing_row_is_named_where_missing_is_refused() -> None:
    strict = RSR.replace(missing="raise")
    for values in (np.array([1.0, np.nan]), [1, None], np.ma.array([1, 2], mask=[False, True])):
        with pytest.raises(InputError, match="row 1, counted from 0, is missing"):
            strict.classify(values)


def test_a_gap_without_error_gives_no_band() -> None:
    gap = Gap(Interval.parse("(2, 3)"), "a hole", Policy.NONE)
    holed = table("[0, 2]", "[3, 9)", gaps=[gap])
    assert holed.classify(2.5) is None
    assert labels([2, 2.5, 3], holed) == ["band 0", None, "band 1"]
    assert holed.codes(np.array([1.0, 2.5, np.nan, 3.0])).tolist() == [0, -1, -1, 1]


# -- how it looks, and how it travels --------------------------------------------------------------


def test_it_shows_its_intervals() -> None:
    assert repr(RSR) == (
        "<BandTable rsr-2025: Low [0, 3), Medium [3, 6.9), High [6.9, inf); half up to 2 decimals>"
    )
    assert repr(RSR.classify(3)) == "Medium [3, 6.9)"
    assert str(RSR.classify(3)) == "Medium"
    assert repr(table("[0, 1)")).endswith("; not rounded>")


def test_its_html_is_a_plain_escaped_table() -> None:
    nasty = BandTable(id="t", labels=["<b>&"], intervals=["[0, 1)"], title="<script>")
    assert nasty._repr_html_() == (
        "<table><caption>&lt;script&gt; (not rounded)</caption>"
        '<thead><tr><th scope="col">band</th><th scope="col">percent</th></tr></thead>'
        '<tbody><tr><th scope="row">&lt;b&gt;&amp;</th><td>[0, 1)</td></tr></tbody></table>'
    )
    assert "<caption>RSR, 2025 (half up to 2 decimals)" in RSR._repr_html_()
    assert '<tr><th scope="row">Medium</th><td>[3, 6.9)</td></tr><tr>' in RSR._repr_html_()


@pytest.mark.parametrize("name", band_tables)
def test_tables_can_be_copied_pickled_and_hashed(name: str) -> None:
    original = band_tables[name]
    for copied in (copy.deepcopy(original), pickle.loads(pickle.dumps(original))):
        assert copied == original
        assert hash(copied) == hash(original)
        assert copied.bands == original.bands
        assert copied.codes(np.array([1.0])).tolist() == original.codes(np.array([1.0])).tolist()


def test_the_status_says_where_a_table_comes_from() -> None:
    assert RSR.status is Status.DEPLOYED
    assert table("[0, 1)").status is Status.CUSTOM


PRINTED = [name for name, table in band_tables.items() if table.origin]


@pytest.mark.parametrize("name", PRINTED)
def test_a_copy_with_other_bands_does_not_claim_the_printed_text(name: str) -> None:
    given = band_table(name)
    for changes in (
        {"labels": [f"{label}!" for label in given.labels]},
        {"rounding": None},
        {"intervals": given.intervals, "gaps": given.gaps},
    ):
        changed = given.replace(**changes)
        assert changed.origin is None
        assert BandTable.from_dict(changed.to_dict()) == changed
        alike = (changed.labels, changed.rounding) == (given.labels, given.rounding)
        assert (changed.digest == given.digest) is alike
    assert given.replace(title="Another").origin == given.origin
    assert given.replace(labels=given.labels, origin=given.origin).origin == given.origin


@pytest.mark.parametrize("reason", ["", "  ", None])
def test_a_gap_needs_a_reason(reason: Any) -> None:
    with pytest.raises(TableError, match=r"a gap \(1, 2\) needs its reason"):
        Gap("(1, 2)", reason)


def test_notes_and_gaps_are_checked() -> None:
    noted = BandTable.from_edges("demo", ["Low"], ["0", "1"], notes=["one", "two"])
    assert noted.notes == ("one", "two")
    assert hash(noted) == hash(BandTable.from_dict(noted.to_dict()))
    odd: list[Any] = ["one", [1]]
    for notes in odd:
        with pytest.raises(TableError, match="notes must be several texts"):
            BandTable.from_edges("demo", ["Low"], ["0", "1"], notes=notes)
    with pytest.raises(TableError, match="gaps must be Gap objects"):
        BandTable.from_edges("demo", ["Low"], ["0", "1"], gaps=["(1, 2)"])  # type: ignore[list-item]


def test_tables_are_made_and_used_under_any_decimal_context() -> None:
    with decimal.localcontext() as context:
        context.prec = 1
        for signal in (decimal.FloatOperation, decimal.Inexact, decimal.Rounded):
            context.traps[signal] = True
        table = BandTable.from_edges("demo", ["Low", "High"], ["0", "6.895", "100"])
        assert table.classify(6.895) == table.classify(Decimal("6.895")) == "High"
        assert table.replace(rounding=Rounding(2)).classify(6.8949) == "Low"


@pytest.mark.parametrize("name", ["score", "title", "source", "licence"])
@pytest.mark.parametrize("wrong", [5, None, b"RSR", ["RSR"], "half a pair \ud800"])
def test_words_about_a_table_are_texts_that_a_file_can_hold(name: str, wrong: Any) -> None:
    with pytest.raises(TableError, match=rf"^{name} (must be a text|has half of a surrogate pair)"):
        band_table("rsr-2025").replace(**{name: wrong})


@pytest.mark.parametrize("wrong", ["one", [1], [None], ["half a pair \udfff"]])
def test_notes_are_texts_that_a_file_can_hold(wrong: Any) -> None:
    with pytest.raises(TableError, match=r"^notes must be|^a note has half"):
        band_table("rsr-2025").replace(notes=wrong)


def test_reasons_are_texts_that_a_file_can_hold() -> None:
    with pytest.raises(TableError, match="the reason of a gap has half of a surrogate pair"):
        Gap("[3, 4)", "half a pair \ud800")
    wrong: Any
    for wrong in (None, 5, "half a pair \ud800"):
        with pytest.raises(TableError, match=r"^reason (must be a text|has half)"):
            Choice("upper", wrong)


def test_more_than_100_percent_is_no_score() -> None:
    """As 685 is, which was 6.85 before a spreadsheet took the decimal point away."""
    assert [str(RSR.classify(x)) for x in (6.9, 100.0, 100, Decimal(100))] == ["High"] * 4
    assert RSR.classify(100.004) == "High"  # it is rounded first
    for x in (685, 685.0, Decimal("100.005"), 10**400, math.inf, [0.5, 685.0]):
        with pytest.raises(
            InputError, match="lies above 100: rsr-2025 bands percentages"
        ) as caught:
            RSR.classify(x)
        assert caught.value.code == "out_of_range"
    assert list(RSR.classify([0.5, 685.0], refused="missing").to_numpy()) == ["Low", None]
    assert RSR.replace(above="clamp").classify(685) == "High"
    # a table that says where it ends, or whose last band is beyond 100, means it
    for last in ("[50, 900)", "[200, inf)"):
        assert table("[0, 50)", *(["[50, 200)"] if "200" in last else []), last).classify(300)


def test_a_percentage_is_not_banded_as_a_probability() -> None:
    table = band_table("rsr-calculator-2018")
    assert [str(table.classify(x)) for x in (0.069, 1.0, 1, Decimal(1))] == ["High"] * 4
    for x in (3.0, 3, Decimal("1.01"), math.nextafter(1.0, 2.0), math.inf, [0.5, 3.0]):
        with pytest.raises(InputError, match="lies above 1: rsr-calc") as caught:
            table.classify(x)
        assert caught.value.code == "out_of_range"
    assert list(table.classify([0.5, 3.0, 0.01], refused="missing").to_numpy()) == [
        "High", None, "Low",
    ]  # fmt: skip
    # who says what is to become of scores above the table means it
    assert str(table.replace(above="clamp").classify(3.0)) == "High"
    # a band that holds no probability has edges in percent: everybody would be Low
    for edges in (("0", "3", "inf"), ("0", "90", "100")):
        with pytest.raises(TableError, match=r"holds no probability, .* give unit='percent'"):
            BandTable.from_edges("own", ["a", "b"], edges, unit="probability")
    up = BandTable.from_edges("own", ["a", "b", "c"], [0, "0.5", 1, 2], unit="probability")
    assert up.classify(1) == "c"
    with pytest.raises(TableError, match="holds no probability"):
        RSR.replace(unit="probability")


def test_what_to_do_with_a_refused_score_is_known_before_there_is_one() -> None:
    for score in (1, None, [1.0]):
        with pytest.raises(UnknownNameError, match="did you mean missing"):
            RSR.classify(score, refused="mising")  # type: ignore[call-overload]


def test_a_band_is_formatted_as_its_label() -> None:
    assert f"{RSR.classify(1):<10}|{RSR.classify(1)}|" == "Low       |Low|"
    assert f"{NOT_APPLICABLE:>16}|" == "  not_applicable|"
