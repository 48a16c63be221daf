"""Words of another kind, names of other columns, bounds, and what a fault says to write."""

from __future__ import annotations

from typing import Any

import pytest

import riskbands as rb
from riskbands.declare.kinds import TERM_BELONGS, TERM_KEYS

HEAD = 'id = "x"\ntitle = "x"\nsource = "x"\n'
FIELDS = (
    '[field.n]\ntype = "count"\nlow = 1\nhigh = 10\n[field.m]\ntype = "count"\nlow = 0\nhigh = 10\n'
    '[field.l]\ntype = "level"\n[field.c]\ntype = "choice"\nchoices = ["p", "q"]\n'
    '[field.yes]\ntype = "yes/no"\n'
)
LOGISTIC = (
    '[score]\nlink = "logistic"\nhorizons = ["1yr"]\nrounding = "whole"\nintercept = "-1"\n'
    "[[score.term]]\n"
)
POINTS = '[score]\nlink = "points"\n{}[[score.term]]\nof = "n"\npoints = 1\n'
OUTPUT = '[[output]]\nname = "o"\n'
WORDS = {
    "scale": "2", "power": "2", "count": '"m"', "years": '"m"', "offset": '"1"',
    "offset_key": '"k"', "none_at": "5", "groups": '{ p = "p", q = "q" }', "up": "true",
}  # fmt: skip
#: A term of each kind that has no fault.
TERMS = {
    "indicator": 'name = "t"\nwhen = "yes"\nweight = "1"\n',
    "per_unit": 'of = "n"\nweight = "1"\n',
    "polynomial": 'of = "n"\nkind = "polynomial"\nweight = ["0.1"]\n',
    "log": 'of = "n"\nkind = "log"\nweight = "1"\n',
    "log_rate": 'name = "t"\ncount = "n"\nyears = "m"\noffset = "1"\nweight = "1"\n',
    "steps": 'of = "n"\nweight = { "1-5" = "0", "6+" = "1" }\n',
    "steps_or_polynomial": 'of = "n"\nkind = "steps_or_polynomial"\nweight = ["0.1"]\n',
    "lookup": 'of = "c"\nweight = { p = "0", q = "1" }\n',
    "levels": 'of = "l"\nweight = ["0", "1", "2"]\n',
    "rounded_sum": 'of = ["n", "m"]\nname = "t"\nkind = "rounded_sum"\nweight = "1"\n',
}


def read(text: str) -> rb.Predictor:
    return rb.declare.read_instrument(HEAD + text)


def faults(text: str) -> list[str]:
    with pytest.raises(rb.TableError) as caught:
        read(text)
    return str(caught.value).splitlines()[1:]


@pytest.mark.parametrize("kind", TERMS)
def test_a_term_has_the_words_of_its_kind_alone(kind: str) -> None:
    assert read(FIELDS + LOGISTIC + TERMS[kind])
    for word in TERM_KEYS[7:]:
        if word in TERM_BELONGS[kind] or (word == "count" and "kind" not in TERMS[kind]):
            continue  # count makes it another kind
        added = f"{word} = {WORDS[word]}\n" if word != "of" else f'kind = "{kind}"\nof = "n"\n'
        (fault,) = faults(FIELDS + LOGISTIC + TERMS[kind] + added)
        assert f"score.term[1].{word}: does not belong to a term of kind {kind}: " in fault


def test_a_count_beside_of_is_said() -> None:
    text = FIELDS + LOGISTIC + TERMS["per_unit"] + 'count = "m"\n'
    assert "term[1].of: does not belong to a term of kind log_rate: it reads" in faults(text)[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (POINTS.format('rounding = "whole"\n'), "score.rounding: belongs to the link points_logis"),
        (POINTS.format('reduction = ["yes"]\n'), "score.reduction: needs bands: it lowers"),
        ('[derived.d]\nrule = "sum"\nof = ["n", "m"]\nmissing_counts = 1\n' + POINTS.format(""),
         "derived.d.missing_counts: belongs to a sum with at_least"),
        ('[derived.d]\nrule = "condition"\nwhen = "yes"\nhigh = 1\n' + POINTS.format(""),
         "derived.d.high: does not belong to the rule condition: only to completed_years and"),
        ('[derived.d]\nrule = "sum"\nof = ["n", "m"]\nat_least = 1\nmissing_counts = 0\nlow = 1\n'
         + POINTS.format(""), "derived.d.low: does not belong to a sum with at_least"),
        (OUTPUT + 'of = ["n", "m"]\ncombine = "sum"\nmatrix = {}\n',
         'output[1].matrix: belongs to combine = "matrix"'),
        (OUTPUT + 'when = "yes"\ncombine = "sum"\n', "output[1].combine: belongs to of"),
        (OUTPUT + 'of = ["yes", "c"]\ncombine = "matrix"\nflag = "1"\n[output.matrix]\n'
         'no = { p = "a", q = "b" }\nyes = { p = "a", q = "b" }\n',
         "output[1].flag: does not belong to a matrix"),
        (POINTS.format('applies = "yes"\n'), "score.applies: stands at the top of the file"),
        (POINTS.format("limits = { n = [1, 2] }\n"), "score.limits: stands at the top of the file"),
        ('[derived.d]\nrule = "sum"\nof = ["n", "m"]\nmax_missing = 1\n' + POINTS.format(""),
         'max_missing: unknown entry; write rule = "sum" with at_least'),
        (POINTS.format('horizons = ["1yr"]\n'), "score.horizons: has points alone: no horizon"),
    ],
)  # fmt: skip
def test_what_would_be_ignored(text: str, fault: str) -> None:
    (found,) = faults(FIELDS + text)
    assert fault in found


@pytest.mark.parametrize("name", ["issues", "information", "points", "band", "type", "reduced"])
def test_a_horizon_is_no_other_column(name: str) -> None:
    text = (FIELDS + LOGISTIC + TERMS["per_unit"]).replace("1yr", name)
    (fault,) = faults(text)
    assert f"score.horizons[1]: {name} is the name of another column" in fault


@pytest.mark.parametrize(
    ("given", "fault"),
    [("[]", "names no horizon"), ('""', "must be a word"),
     ('["1yr", "1yr_p"]', "horizons[2]: 1yr_p is the name of another column")],
)  # fmt: skip
def test_horizons_that_are_none(given: str, fault: str) -> None:
    assert fault in faults((FIELDS + LOGISTIC + TERMS["per_unit"]).replace('["1yr"]', given))[0]


def test_a_result_is_no_horizon() -> None:
    text = FIELDS + LOGISTIC + TERMS["per_unit"] + OUTPUT.replace('"o"', '"1yr"') + 'when = "yes"\n'
    assert faults(text)  # a name begins with a letter
    text = text.replace("1yr", "year")
    assert "output[1].name: year is a column of the score beside it" in faults(text)[0]


def test_no_column_is_a_result_of_two_parts() -> None:
    part = (
        '[component.{0}]\ntitle = "t"\n[component.{0}.score]\nlink = "points_table"\n'
        'horizons = ["1yr"]\nrounding = "whole"\n'
        '[[component.{0}.score.term]]\nof = "m"\npoints = 1\n'
        '[component.{0}.score.probability]\n1yr = {{ "0-4" = "0.1", "5-10" = "0.2" }}\n'
    )
    text = FIELDS + part.format("p") + part.format("q")
    text += '[score]\nlink = "sum"\nof = ["p", "q"]\nhorizons = ["1yr"]\nrounding = "whole"\n'
    assert rb.score_cohort({"m": [4]}, [read(text)])["x_1yr"].tolist() == [20]
    (fault,) = faults(text + OUTPUT.replace('"o"', '"p_points"') + 'when = "yes"\n')
    assert "score.of: column x_p_points is a result of x and of x_p: give one of them" in fault


@pytest.mark.parametrize(
    ("column", "fault"),
    [("case_id", "is the column of case_id, and is never read as n"),
     ("Case_ID", "is the column of case_id, and is never read as n"),
     ("x_points", "is a column of x's results"), ("X_Issues", "is a column of x's results"),
     (" visits", "must be a name without spaces around it"), ("", "must be a name")],
)  # fmt: skip
def test_a_column_that_could_never_be_read(column: str, fault: str) -> None:
    fields = FIELDS.replace("high = 10\n", f'high = 10\ncolumns = ["visits", "{column}"]\n', 1)
    (found,) = faults(fields + POINTS.format(""))
    assert found.startswith("- line 8, field.n.columns[2]: " + fault)
    free = read(fields.replace(f'"{column}"', '"x_band"') + POINTS.format(""))
    assert rb.score_cohort({"X_Band": [3]}, [free])["x_points"].tolist() == [3]


def chain(count: int, *, backwards: bool = False, formula: str = "min({} + 1, 5)") -> str:
    features = ['[derived.d1]\nrule = "formula"\nformula = "min(n, 1)"\n']
    features += [
        f'[derived.d{i}]\nrule = "formula"\nformula = "{formula.format(f"d{i - 1}")}"\n'
        for i in range(2, count + 1)
    ]
    text = "".join(features[::-1] if backwards else features)
    return FIELDS + text + POINTS.format("").replace('"n"', f'"d{count}"')


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("formula", ["min({} + 1, 5)", "-(" * 26 + "min({} + 1, 5)" + ")" * 26])
def test_a_chain_has_at_most_25_steps_however_it_is_written(backwards: bool, formula: str) -> None:
    assert read(chain(25, backwards=backwards, formula=formula)).score({"n": 3}).points is not None
    for count in (26, 200, 400):
        text = chain(count, backwards=backwards, formula=formula)
        found = faults(text)
        assert "is derived in more than 25 steps, each from the one before" in found[0]
        assert backwards or len(found) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[fields.age]\ntype = "count"\n', "line 4, fields: unknown entry; did you mean field?"),
        ('[Field.age]\ntype = "count"\n', "line 4, Field: unknown entry; did you mean field?"),
    ],
)
def test_a_table_with_another_name_has_its_line(text: str, fault: str) -> None:
    assert fault in faults(text + FIELDS + POINTS.format(""))[0]


@pytest.mark.parametrize(
    ("weight", "fault"),
    [
        ('"1e-400"', "is too small to be told from 0: write 0"),
        (f'"0.{"1" * 41}"', "is too long: at most 40 digits before the point, 40 after it"),
        (f'"{"1" * 41}"', "is too long: at most 40 digits"),
        ("9223372036854775808", "is beyond 1000000000: write it in quotation marks"),
        ('"some"', "must be a number"),
    ],
)
def test_a_number_that_cannot_be_held(weight: str, fault: str) -> None:
    text = FIELDS + LOGISTIC + f'of = "n"\nweight = {weight}\n'
    line = (HEAD + text).splitlines().index(f"weight = {weight}") + 1
    (found,) = faults(text)
    assert found.startswith(f"- line {line}, score.term[1].weight: {fault}")


def test_points_with_a_fraction_are_told_at_their_term() -> None:
    for points in ('"0.5"', '{ "1-3" = "1", "4+" = "0.5" }'):
        text = FIELDS + POINTS.format("").replace("points = 1", f"points = {points}")
        (found,) = faults(text)
        assert "score.term[1].points: must be whole numbers where the link has points" in found
    half = POINTS.format("").replace("points = 1", 'points = "0.5"\nscale = 2')
    assert read(FIELDS + half).score({"n": 3}).points == 3


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (OUTPUT + 'of = ["n", "m"]\ncombine = "max"\n', "is not known; did you mean higher?"),
        (OUTPUT + 'of = ["n", "m"]\ncombine = "min"\n', "is not known; did you mean lower?"),
        (OUTPUT + 'of = ["n", "m"]\ncombine = "odd"\n', "is not known; known: sum, product"),
        ('[score]\nlink = "probit"\n', "score.link: is not known; known: points, points_logistic"),
        ('[field.z]\ntype = "number"\n' + POINTS.format(""), "did you mean count or decimal?"),
    ],
)  # fmt: skip
def test_an_unknown_word_is_one_fault(text: str, fault: str) -> None:
    (found,) = faults(FIELDS + text)
    assert fault in found


@pytest.mark.parametrize(
    ("rule", "fault"),
    [("max", 'write rule = "formula", formula = "max(a, b)"'), ("mean", "nothing is divided"),
     ("ratio", "nothing is divided"), ("prorated", "at_least"), ("max_missing", "at_least"),
     ("smu", "did you mean sum?")],
)  # fmt: skip
def test_rules_of_other_tools(rule: str, fault: str) -> None:
    text = f'[derived.d]\nrule = "{rule}"\nof = ["n", "m"]\n' + POINTS.format("")
    (found,) = faults(FIELDS + text)
    assert "derived.d.rule: is not known; " in found
    assert fault in found


@pytest.mark.parametrize(
    ("formula", "fault"),
    [("+n", "holds + before a value (leave it out)"), ("~n", "holds ~ (write not)"),
     ("n^2", "holds ^ (of a power: a * a)"),
     ("n | m", "holds | (write or)"), ("n is m", "holds is (equality is ==)")],
)  # fmt: skip
def test_a_formula_is_told_in_words(formula: str, fault: str) -> None:
    text = f'[derived.d]\nrule = "formula"\nformula = "{formula}"\n' + POINTS.format("")
    assert fault in faults(FIELDS + text)[0]


def test_a_derived_number_that_may_be_negative_says_how_to_bound_it() -> None:
    dates = '[field.p]\ntype = "date"\n[field.q]\ntype = "date"\n'
    derived = '[derived.d]\nrule = "first_known"\n{}[[derived.d.way]]\nformula = "{}"\n'
    term = POINTS.format("").replace('"n"', '"d"').replace("= 1", '= { "0-20" = 1, "21+" = 2 }')
    years = "completed_years(p, q)"
    (found,) = faults(dates + derived.format("", years) + term)
    assert (
        "one range for each of -10000 to -1; if it is never so, give [derived.d] low and" in found
    )
    x = read(dates + derived.format("low = 0\nhigh = 120\n", years) + term)
    assert x.score({"p": "2000-01-01", "q": "2021-06-01"}).points == 2


def test_ranges_below_0() -> None:
    text = '[derived.d]\nrule = "difference"\nof = ["m", "n"]\n' + POINTS.format("").replace(
        'of = "n"\npoints = 1',
        'of = "d"\npoints = { "-10--4" = 1, "-3" = 2, "-2-0" = 3, "1+" = 4 }',
    )
    x = read(FIELDS + text)
    found = [x.score({"m": 3, "n": n}).points for n in (10, 7, 6, 5, 3, 2)]
    assert found == [1, 1, 2, 3, 3, 4]


def test_every_kind_is_tried() -> None:
    kinds: Any = TERM_BELONGS
    assert list(TERMS) == list(kinds)
