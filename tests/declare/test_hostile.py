"""Whatever a file holds, reading it ends soon: with an instrument, or with one TableError."""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import riskbands as rb
from riskbands import _toml
from riskbands.declare import asked, build, instrument, kinds, read_instrument
from riskbands.declare.conditions import Refused, Thing, parse
from riskbands.declare.derived import RULES
from riskbands.declare.outputs import OUTPUT_KEYS
from riskbands.vocabulary.feature import Feature

HEAD = 'id = "toy"\ntitle = "t"\nsource = "s"\n'
START: dict[str, Any] = {"id": "toy", "title": "t", "source": "s"}
COUNT = {"type": "count", "low": 0, "high": 30_000}


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "x = " + "[" * 5000 + "]" * 5000,
        HEAD + "x = " + "{a=" * 3000 + "1" + "}" * 3000,
        HEAD + "[" + ".".join("a" * 5000) + "]",
        HEAD + f"[field.a]\ntype = 'count'\nlow = 0\nhigh = {'9' * 4000}",
        HEAD + f"[field.a]\ntype = 'count'\nlow = 0\nhigh = {'9' * 5000}",
        HEAD + "[field.a]\ntype = 'count'\nlow = nan\nhigh = inf",
        HEAD + 'name = "a\\u0000b\\u001b[31m"',
        HEAD + '[field."a\\u0000"]\ntype = "yes/no"',
        HEAD + "a" * 3_000_000,
        HEAD + "[[output]]\nname = 'o'\nwhen = '" + "(" * 900 + "1" + ")" * 900 + " > 0'",
        HEAD + "[[output]]\nname = 'o'\nwhen = '" + "not " * 400 + "1'",
        HEAD + "[[output]]\nname = 'o'\nwhen = '9" + "*9" * 900 + " > 1'",
        HEAD + "[[output]]\nname = 'o'\nwhen = '" + "9" * 1999 + "'",
        HEAD + "[[output]]\nname = 'o'\nwhen = '\\u0000'",
        HEAD + '[[output]]\nname = "o"\nwhen = "\\u0000"',
        "",
        "\x00",
        "[[id]]",
    ],
    ids=range(18),
)
def test_files_made_to_harm(text: str) -> None:
    start = time.perf_counter()
    with pytest.raises(rb.TableError) as caught:
        read_instrument(text)
    assert time.perf_counter() - start < 5
    assert not set(map(chr, [*range(9), *range(11, 32), 127])) & set(str(caught.value))


def chain(length: int, *, closed: bool) -> dict[str, Any]:
    links = {f"x{n}": {"rule": "sum", "of": f"x{n + 1}"} for n in range(length)}
    links[f"x{length}"] = {"rule": "sum", "of": "x0" if closed else "a"}
    return {**START, "field": {"a": COUNT}, "derived": links, "output": [{"name": "o", "of": "x0"}]}


@pytest.mark.parametrize(("length", "closed"), [(400, False), (1, True), (20, True), (400, True)])
def test_circles_and_long_chains(length: int, closed: bool) -> None:
    with pytest.raises(rb.TableError, match=r"comes from itself|in more than 25 steps"):
        instrument(chain(length, closed=closed))
    assert instrument(chain(20, closed=False)).score({"a": 7}).outputs["o"] == 7


def test_a_net_of_features_is_refused_before_it_is_walked_for_ever() -> None:
    """Each reads all of the next layer: there are 20 ** 20 ways from the first to the field."""
    net: dict[str, Any] = {
        f"x{layer}_{n}": {"rule": "sum", "of": [f"x{layer + 1}_{m}" for m in range(20)], "high": 9}
        for layer in range(20)
        for n in range(20)
    }
    net |= {f"x20_{n}": {"rule": "capped", "of": "a", "at": 3} for n in range(20)}
    data = {**START, "field": {"a": COUNT}, "derived": net, "output": [{"name": "o", "of": "x0_0"}]}
    start = time.perf_counter()
    with pytest.raises(rb.TableError, match=r"more than 20,000 ways|beyond|number"):
        instrument(data)
    two: dict[str, Any] = {
        f"w{n}": {"rule": "first_known", "way": [
            {"formula": f"w{n + 1}"}, {"formula": f"w{n + 1} + 1"}]}
        for n in range(20)
    }  # fmt: skip
    two["w20"] = {"rule": "capped", "of": "a", "at": 3}
    data = {**START, "field": {"a": COUNT}, "derived": two, "output": [{"name": "o", "of": "w0"}]}
    with pytest.raises(rb.TableError, match="more than 20,000 ways"):
        instrument(data)
    data["output"] = [{"name": "o", "of": "w8"}]
    data["derived"] = {k: v for k, v in two.items() if int(k[1:]) >= 8}
    mine = instrument(data)
    for raw in ("x", None, 40_000):
        issues = mine.score({"a": raw}, on_issue="return").issues
        assert [i.fields for i in issues] == [("a",)]
        assert len(rb.score_cohort({"a": [raw, 2]}, [mine])["toy_issues"][0].split(";")) == 1
    assert time.perf_counter() - start < 20


def test_many_horizons_and_many_joint_tables_are_refused() -> None:
    wide = {f"f{n}": {"type": "count", "low": 0, "high": 999} for n in range(60)}
    score = {"link": "logistic", "rounding": "whole", "term": [{"of": "f0", "weight": "0.001"}]}
    hours = [f"{n}h" for n in range(200)]
    many = {**score, "horizons": hours, "intercept": dict.fromkeys(hours, 0)}
    with pytest.raises(rb.TableError, match="has more than 12 horizons"):
        instrument({**START, "field": wide, "score": many})
    pairs = [["f0", f"f{n}"] for n in range(1, 60)]
    joint = {**score, "horizons": "1h", "intercept": 0, "joint": pairs}
    with pytest.raises(rb.TableError, match=r"joint\[4\]: the tables of the file have more than"):
        instrument({**START, "field": wide, "score": joint})


@pytest.mark.parametrize("where", ["score", "output"])
def test_huge_joint_tables_are_refused(where: str) -> None:
    term = {"name": "t", "kind": "log_rate", "count": "a", "years": "b", "offset": 1, "weight": 1}
    fields = {"a": COUNT, "b": COUNT}
    scores: dict[str, Any] = {
        "score": {"link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": 0,
                  "term": [term]},
        "output": [{"name": "o", "term": [term]}],
    }  # fmt: skip
    with pytest.raises(rb.TableError, match="900,060,001 combinations; at most"):
        instrument({**START, "field": fields, where: scores[where]})


def many(kind: str) -> dict[str, Any]:
    wide = {f"f{n}": COUNT for n in range(100)}
    three = [{"name": f"t{n}", "count": f"f{n}", "years": "l", "offset": 1, "weight": 1}
             for n in range(100)]  # fmt: skip
    match kind:
        case "fields":
            return {**START, "field": {f"f{n}": {"type": "yes/no"} for n in range(40_000)}}
        case "unknown words":
            return {**START, **{f"x{n}": n for n in range(40_000)}}
        case "unknown names":
            return {**START, "output": [{"name": f"o{n}", "of": f"x{n}"} for n in range(50)]}
        case "joint tables":
            score = {"link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": 0}
            fields = {**wide, "l": {"type": "count", "low": 0, "high": 30}}
            return {**START, "field": fields, "score": {**score, "term": three}}
        case "points":
            terms = [{"of": name, "points": {"0+": 1}} for name in wide]
            outputs = [{"name": f"o{n}", "term": terms} for n in range(50)]
            return {**START, "field": wide, "output": outputs}
    steps = {f"s{n}": {"rule": "steps", "of": "f0", "steps": {"0+": 1}} for n in range(500)}
    return {**START, "field": wide, "derived": steps, "output": [{"name": "o", "of": "s0"}]}


@pytest.mark.parametrize(
    "kind", ["fields", "unknown words", "unknown names", "joint tables", "points", "steps"]
)
def test_too_many_of_anything_are_refused_soon(kind: str) -> None:
    text = _toml.dumps(many(kind))
    start = time.perf_counter()
    with pytest.raises(rb.TableError, match=r"more than|unknown entry|not declared"):
        read_instrument(text)
    assert time.perf_counter() - start < 20


def test_many_small_terms_are_split_into_tables() -> None:
    fields = {f"f{n}": {"type": "level"} for n in range(100)}
    term = [{"of": name, "points": [0, 1, 2]} for name in fields]
    mine = instrument({**START, "field": fields, "score": {"link": "points", "term": term}})
    assert mine.score(dict.fromkeys(fields, 2)).points == 200
    assert all(len(g) <= 7 for g in mine.forms[0].groups)


# -- files that name files -------------------------------------------------------------------------

SCORE = (
    '[field.a]\ntype="count"\nlow=0\nhigh=9\n[score]\nlink="logistic"\nhorizons="1yr"\n'
    'rounding="whole"\nintercept="0"\n[[score.term]]\nof="a"\nweight="0.1"\n'
)


def one(ident: str) -> str:
    return HEAD.replace("toy", ident) + SCORE


def total(ident: str, *of: str) -> str:
    score = {"link": "sum", "horizons": "1yr", "rounding": "whole", "of": list(of)}
    return _toml.dumps({**START, "id": ident, "score": score})


def put(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.toml": total("a", "a.toml")}, "comes from itself: a.toml from a.toml"),
        ({"a.toml": total("a", "b.toml"), "b.toml": total("b", "a.toml")},
         "comes from itself: a.toml from b.toml from a.toml"),
        ({"a.toml": total("a", "d0.toml"),
          **{f"d{n}.toml": total(f"d{n}", f"d{n + 1}.toml") for n in range(8)}},
         "is named by files more than 5 deep"),
        ({"a.toml": total("a", "sub/../one.toml"), "one.toml": one("one")}, "same folder"),
        ({"a.toml": total("a", "../one.toml")}, "in the same folder or below it"),
        ({"a.toml": total("a", "/etc/one.toml")}, "in the same folder or below it"),
        ({"a.toml": total("a", "x\\one.toml")}, "in the same folder or below it"),
        ({"a.toml": total("a", "c:one.toml")}, "in the same folder or below it"),
        ({"a.toml": total("a", "one\n.toml")}, "in the same folder or below it"),
        ({"a.toml": total("a", "none.toml")}, "there is no file none.toml beside this one"),
        ({"a.toml": total("a", "x.toml"), "x.toml/y": ""}, "x.toml is no file"),
        ({"a.toml": total("a", "one.toml"), "one.toml": one("a")}, "is the id of another"),
        ({"a.toml": total("a", "one.toml"), "one.toml": one("one").replace("count", "cuont")},
         "one.toml is not an instrument; 1 fault:\n  - line 5, field.a.type"),
        ({"a.toml": total("a", "one.toml", "two.toml"), "one.toml": one("one"),
          "two.toml": one("two").replace("high=9", "high=8")},
         "field a means something else in each of two instruments"),
    ],
)  # fmt: skip
def test_what_a_file_may_not_name(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    put(tmp_path, files)
    with pytest.raises(rb.TableError) as caught:
        rb.load_instrument(tmp_path / "a.toml")
    assert expected in str(caught.value)


def test_links_out_of_the_folder_and_in_circles(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    names = ("out.toml", "loop.toml", "pipe.toml", "in.toml")
    put(tmp_path, {"one.toml": one("one"), "inner/two.toml": one("two")})
    put(inner, {f"a{n}.toml": total("a", name) for n, name in enumerate(names)})
    try:
        (inner / "out.toml").symlink_to(tmp_path / "one.toml")
        (inner / "loop.toml").symlink_to(inner / "pool.toml")
        (inner / "pool.toml").symlink_to(inner / "loop.toml")
        (inner / "in.toml").symlink_to(inner / "two.toml")
        os.mkfifo(inner / "pipe.toml")
    except (OSError, AttributeError):
        pytest.skip("there are no links here")
    for n, expected in enumerate(("leads out of the folder", "there is no file", "is no file")):
        with pytest.raises(rb.TableError, match=expected):
            rb.load_instrument(inner / f"a{n}.toml")
    assert rb.load_instrument(inner / "a3.toml").score({"a": 0}).percent == {"1yr": 50}


def test_many_files_that_name_many_files_end_soon(tmp_path: Path) -> None:
    """Each is read once, whether it has faults or not."""
    names = [f"f{n}.toml" for n in range(20)]
    put(tmp_path, {name: total(name[:-5], *(n for n in names if n != name)) for name in names})
    start = time.perf_counter()
    with pytest.raises(rb.TableError) as caught:
        rb.load_instrument(tmp_path / "f0.toml")
    assert time.perf_counter() - start < 10
    assert len(str(caught.value)) < 100_000


def test_a_long_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "long.toml").write_text("#" * 9_000_000, "utf-8")
    with pytest.raises(rb.TableError, match=r"long.toml is longer than 2,000,000 characters"):
        rb.load_instrument(tmp_path / "long.toml")
    many = {f"f{n}": {"type": "yes/no"} for n in range(200_000)}
    with pytest.raises(rb.TableError, match="is longer than"):
        instrument({**START, "field": many})


def test_names_with_line_ends_cannot_forge_a_line_of_the_message() -> None:
    text = (
        HEAD
        + '[field."a\\n- line 1, id: forged"]\ntype = "yes/no"\n[[output]]\nname = "o"\nof = "x"'
    )
    with pytest.raises(rb.TableError) as caught:
        read_instrument(text)
    assert "\n- line 1" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["table_0", "table_1", "lower_of", "completed_years", "int", "bool", "given_b", "asked_b",
     "places_of_kind", "class", "lambda", "known", "given", "fast_path", "wide", "take", "where"],
)  # fmt: skip
def test_names_that_the_written_paths_and_sql_have_for_something_else(name: str) -> None:
    fields = {
        name: {"type": "count", "low": 0, "high": 50}, "b": {"type": "count", "low": 0, "high": 50},
        "kind": {"type": "choice", "choices": ["r", "g"]}, "born": {"type": "date"},
        "seen": {"type": "date"},
    }  # fmt: skip
    derived = {
        "c1": {"rule": "capped", "of": name, "at": 5},
        "s1": {"rule": "steps", "of": name, "steps": {"0-3": 1, "4+": 2}},
        "y1": {"rule": "completed_years", "from": "born", "to": "seen"},
        "f1": {"rule": "first_that_holds", "otherwise": "no",
               "cases": {"yes": "completed_years(born, seen) > 3 and kind == 'r'"}},
    }  # fmt: skip
    outputs = [
        {"name": "o1", "of": ["c1", "s1", "y1", "b"], "combine": "sum"},
        {"name": "o2", "term": [{"of": name, "points": 1},
                                {"of": "kind", "points": {"r": 1, "g": 2}}]},
        {"name": "o3", "of": "f1"},
    ]  # fmt: skip
    mine = instrument({**START, "field": fields, "derived": derived, "output": outputs})
    case = {name: 7, "b": 20, "kind": "r", "born": "2000-01-01", "seen": "2010-01-01"}
    found = dict(mine.score(case).outputs)
    assert found == {"o1": 5 + 2 + 10 + 20, "o2": 8, "o3": "yes"}
    many = rb.score_cohort({k: [v] for k, v in case.items()}, [mine])
    assert {k: many[f"toy_{k}"][0] for k in found} == found


@pytest.mark.parametrize(
    ("ident", "name"),
    [("given", "ok"), ("given", "sum"), ("f_a", "a_ok"), ("step_1", "given"), ("keep_1", "order")],
)
def test_an_id_of_which_sql_has_columns_itself(ident: str, name: str) -> None:
    mine = instrument({
        **START, "id": ident, "field": {name: {"type": "count", "low": 0, "high": 50},
                                        "b": {"type": "yes/no"}},
        "applies": "b", "score": {
            "link": "points_logistic", "horizons": "1yr", "rounding": "whole", "intercept": "-1",
            "slope": "0.1", "term": [{"of": name, "points": 1}, {"of": "b", "points": 2}]},
    })  # fmt: skip
    rows = [(3, True), (40, True), (60, True), (2, False), (None, True), (1, None)]
    scored = rb.score_cohort({name: [r[0] for r in rows], "b": [r[1] for r in rows]}, [mine])
    connection = duckdb.connect()
    connection.execute(f'CREATE TABLE cases ("{name}" INTEGER, b BOOLEAN)')
    connection.executemany("INSERT INTO cases VALUES (?, ?)", rows)
    found = connection.execute(mine.to_sql(source="cases")).fetchnumpy()
    for column in scored:
        ours = [None if v is None or v != v else v for v in scored[column]]
        assert ours == np.ma.asarray(found[column]).tolist(), column


WORDS = st.sampled_from(
    [*build.ROOT_KEYS, *build.SCORE_KEYS, *asked.FIELD_KEYS, *asked.TYPES, *kinds.TERM_KEYS,
     *kinds.TERM_KINDS, *OUTPUT_KEYS, *RULES, *build.LINKS, *build.ROUNDINGS, "a", "b", "sex",
     "0-2", "3+", "-1", "1e400", "0.5", "a > 1", "a and b", "a == 'x'", "2yr", "sanctions",
     "ogrs3-2009", "ogrs3-2yr", "", "\x00", "é"]
)  # fmt: skip
LEAVES = WORDS | st.integers(-(10**20), 10**20) | st.floats() | st.booleans() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS, inner, max_size=4)
        | st.lists(st.dictionaries(WORDS, inner, max_size=5), min_size=1, max_size=3)
    ),
    max_leaves=25,
)
FIELDS = st.fixed_dictionaries(
    {"type": st.sampled_from([*asked.TYPES, "x"])},
    optional={
        "low": st.integers(-1, 3), "high": st.integers(0, 40), "choices": st.lists(WORDS),
        "words": st.dictionaries(WORDS, LEAVES), "when_missing": LEAVES,
        "decimals": st.integers(-1, 4),
    },
)  # fmt: skip
RANGES = st.sampled_from(["0", "0-2", "1-2", "3+", "yes", "no", "x", "y", "0-40", "-2+"])
TERM = st.fixed_dictionaries(
    {},
    optional={
        "name": WORDS, "of": st.sampled_from(["a", "b", "c", "sex"]) | WORDS,
        "points": st.dictionaries(RANGES, LEAVES, max_size=3) | LEAVES | st.lists(LEAVES),
        "weight": LEAVES, "kind": st.sampled_from(kinds.TERM_KINDS), "by": WORDS,
        "when": WORDS | st.dictionaries(WORDS, RANGES, max_size=2), "count": WORDS, "years": WORDS,
        "offset": LEAVES, "scale": LEAVES, "none_at": LEAVES, "groups": TREES,
    },
)  # fmt: skip
PARTS = ("field", "derived", "output", "score")
FILES = st.fixed_dictionaries(
    {key: st.just(value) for key, value in START.items()},
    optional={
        "field": st.fixed_dictionaries({"a": FIELDS, "b": FIELDS}) | TREES,
        "derived": st.dictionaries(
            st.sampled_from(["c", "d"]),
            st.fixed_dictionaries(
                {"rule": st.sampled_from(list(RULES))},
                optional={k: TREES for keys, _ in RULES.values() for k in keys},
            ),
        )
        | TREES,
        "output": st.lists(
            st.fixed_dictionaries(
                {"name": WORDS},
                optional={
                    "term": st.lists(TERM, max_size=3),
                    **dict.fromkeys(OUTPUT_KEYS[3:], TREES),
                },
            ),
            max_size=3,
        )
        | TREES,
        "score": st.fixed_dictionaries(
            {"link": st.sampled_from(build.LINKS), "term": st.lists(TERM, max_size=3)},
            optional=dict.fromkeys(set(build.SCORE_KEYS) - {"link", "term"}, TREES),
        )
        | TREES,
        **dict.fromkeys(set(build.ROOT_KEYS) - {*START, *PARTS}, TREES),
    },
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@example({**START, "score": {"link": "points", "term": [], "bands": {}}})
@given(FILES | st.dictionaries(WORDS, TREES, max_size=6))
def test_no_declaration_ends_in_another_error(data: dict[str, Any]) -> None:
    with contextlib.suppress(rb.TableError):
        mine = instrument(data)
        again = read_instrument(_toml.dumps(data))
        assert again.table.digest == mine.table.digest
        mine.score({}, on_issue="return")


@settings(max_examples=150, deadline=None)
@given(st.text("ab01()<>=!+-*&|.[]{}'\", \nandorticmx:_@%", max_size=40))
@example("a if a else b")
@example("[a for a in b] == 1")
@example("a := 1")
@example("lambda: 1")
@example("f'{a}' == 'x'")
@example("a in ()")
@example("*a")
@example("a.__class__")
@example("9" * 300)
@example("True")
@example("1or a")
@example("1j > 0")
@example("b'x' == a")
def test_no_condition_ends_in_another_error(text: str) -> None:
    features = {
        "a": Feature("a", (), 0, 5),
        "b": Feature("b", (), 0, 1, categories=("no", "yes")),
    }

    def look_up(name: str) -> Thing:
        if name not in features:
            raise Refused("not known")
        return Thing(name, features[name])

    with contextlib.suppress(Refused):
        found = parse(text, look_up)
        value = int(found.rule(*[1] * len(found.inputs)))
        assert found.low <= value <= found.high


def test_many_conditional_cautions_are_told_soon() -> None:
    cautions = [{"text": f"c{n}", "when": f"a == {n}"} for n in range(100)]
    mine = instrument(
        {**START, "field": {"a": COUNT}, "caution": cautions, "output": [{"name": "o", "of": "a"}]}
    )
    start = time.perf_counter()
    for n in (3, 7):
        assert mine.score({"a": n}).cautions == (f"c{n}",)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("rule", ["sum", "how_many_yes"])
def test_a_sum_of_hundreds_of_answers(rule: str) -> None:
    names = [f"n{n}" for n in range(600)]
    mine = instrument(
        {
            **START,
            "field": {n: {"type": "yes/no"} for n in names},
            "derived": {"d": {"rule": rule, "of": names}},
            "output": [{"name": "o", "of": "d"}],
        }
    )
    case = {n: place % 3 == 0 for place, n in enumerate(names)}
    assert mine.score(case).outputs["o"] == 200
    found = rb.score_cohort({n: [v, False] for n, v in case.items()}, [mine])
    assert found["toy_o"].tolist() == [200, 0]


def test_a_condition_of_hundreds_of_parts() -> None:
    when = " and ".join(["a>2"] * 230)
    mine = instrument({**START, "field": {"a": COUNT}, "output": [{"name": "o", "when": when}]})
    assert [mine.score({"a": n}).outputs["o"] for n in (2, 3)] == [False, True]


_ONE_OF_EACH = """
id = "x"
title = "t"
source = "s"

[field.a]
type = "count"
low = 0
high = 5

[field.b]
type = "yes/no"

[derived.s]
rule = "capped"
of = "a"
at = 3

[score]
link = "points"
bands = { Low = 0, High = 3 }

[[score.term]]
of = "a"
points = 1

[[score.term]]
of = "b"
points = 1

[[score.term]]
of = "s"
points = 10
"""


@pytest.mark.parametrize(
    "entry",
    ['type = "yes/no"', 'type = "count"', 'rule = "capped"', 'link = "points"', 'of = "s"',
     'of = "a"', 'id = "x"', 'title = "t"'],
)  # fmt: skip
def test_an_empty_text_is_no_way_to_leave_an_entry_out(entry: str) -> None:
    """What it declares vanished, and the terms that read it."""
    assert read_instrument(_ONE_OF_EACH).score({"a": 4, "b": "yes"}).points == 35
    key = entry.partition(" ")[0]
    emptied = _ONE_OF_EACH.replace(entry, f'{key} = ""', 1)
    with pytest.raises(rb.TableError) as caught:
        read_instrument(emptied)
    line = emptied[: emptied.index(f'{key} = ""')].count("\n") + 1
    said = str(caught.value)
    assert f"line {line}, " in said or f"line {line - 1}, " in said
    assert any(what in said for what in ("is empty", "is no name", "name is missing"))


@pytest.mark.parametrize("ident", [" ", "toy ", "Toy", "a b"])
def test_an_id_that_is_no_name_hides_no_other_fault(ident: str) -> None:
    example = Path(__file__).parents[2] / "examples" / "instruments" / "pretrial.toml"
    text = example.read_text("utf-8")
    wrong = re.sub(r'(?m)^id = ".*"$', f'id = "{ident}"', text, count=1) + "\n[nonsense]\n"
    with pytest.raises(rb.TableError, match="nonsense: unknown entry") as caught:
        read_instrument(wrong)
    assert ", id: " in str(caught.value)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_no_text_of_a_file_ends_the_comment_of_its_sql(dialect: Any) -> None:
    hostile = _ONE_OF_EACH.replace(
        'title = "t"', 'title = "t\\nDROP TABLE x; --"\nname = """n\nm"""'
    )
    mine = read_instrument(hostile)
    before = mine.to_sql(dialect, source="cases").partition("WITH\n")[0]
    assert "DROP TABLE x" in before
    assert all(line.startswith("-- ") for line in before.splitlines())


@pytest.mark.parametrize("pattern", ["max({}, n, 1)", "max(n, {})", "max(min({}, 9), n)"])
def test_functions_in_functions_cost_what_they_are_long(pattern: str) -> None:
    formula = "a"
    for _ in range(14):
        formula = pattern.format(formula)
    fields = {name: {"type": "count", "low": 0, "high": 20} for name in ("a", "n")}
    mine = instrument(
        {
            **START,
            "field": fields,
            "derived": {"z": {"rule": "formula", "formula": formula}},
            "score": {
                "link": "points",
                "bands": {"Low": 0, "High": 3},
                "term": [{"of": "z", "points": 1}],
            },
        }
    )
    began = time.process_time()
    for a, n in ((4, 2), (12, 0), (0, 0), (3, 20)):
        expected = eval(formula, {"a": a, "n": n})
        assert mine.score({"a": a, "n": n}).points == expected
        assert rb.score_cohort({"a": [a], "n": [n]}, [mine])["toy_points"][0] == expected
    assert len(mine.to_sql("duckdb", source="cases")) < 20_000
    assert time.process_time() - began < 5
