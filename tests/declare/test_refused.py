"""What a file may not say of its fields, and that one fault is said once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import riskbands as rb

EXAMPLES = Path(__file__).parents[2] / "examples" / "instruments"
HEAD = 'id = "x"\ntitle = "x"\nsource = "x"\n'
COUNT = '[field.a]\ntype = "count"\nlow = 0\nhigh = 10\n'
POINTS = '[score]\nlink = "points"\n[[score.term]]\nof = "a"\npoints = 1\n'
CHOICE = '[field.a]\ntype = "choice"\nchoices = ["p", "q"]\n'
LOOKED_UP = POINTS.replace("points = 1", "points = { p = 1, q = 2 }")
OUTPUT = '[[output]]\nname = "o"\n[[output.term]]\nof = "a"\npoints = 1\n'
NOTHING = 'is read as "nothing recorded" wherever it stands in data'


def faults(text: str) -> list[str]:
    with pytest.raises(rb.TableError) as caught:
        rb.declare.read_instrument(text)
    return str(caught.value).splitlines()[1:]


@pytest.mark.parametrize(
    "word", ["unknown", "na", "n/a", "nan", "null", "nat", "n/k", "nk", "not_known"]
)
def test_an_answer_that_data_cannot_say(word: str) -> None:
    text = HEAD + f'[field.a]\ntype = "choice"\nchoices = ["p", "{word}"]\n'
    text += POINTS.replace("points = 1", f'points = {{ p = 1, "{word}" = 7 }}')
    (fault,) = faults(text)
    assert fault.startswith(f"- line 6, field.a.choices[2]: {NOTHING}")
    free = rb.declare.read_instrument(text.replace(f'"{word}"', '"not_recorded"'))
    assert free.score({"a": "not_recorded"}).points == 7


@pytest.mark.parametrize("word", ["Unknown", "NaN", "not known", "Not-known", "N/A"])
def test_words_that_data_cannot_say(word: str) -> None:
    for field, score in ((CHOICE, LOOKED_UP), ('[field.a]\ntype = "yes/no"\n', POINTS)):
        answer = "p" if field is CHOICE else "no"
        (fault,) = faults(HEAD + field + f'words = {{ "{word}" = "{answer}" }}\n' + score)
        assert f"field.a.words.{word}: {NOTHING}" in fault


@pytest.mark.parametrize(
    ("field", "words", "key"),
    [
        (CHOICE, '{ p = "q" }', "p"),
        (CHOICE, '{ P = "q" }', "P"),
        ('[field.a]\ntype = "yes/no"\n', '{ yes = "no" }', "yes"),
        ('[field.a]\ntype = "yes/no"\n', '{ N = "yes" }', "N"),
        ('[field.a]\ntype = "level"\n', '{ 1 = "2" }', "1"),
    ],
)
def test_a_word_may_not_turn_an_answer_into_another(field: str, words: str, key: str) -> None:
    score = LOOKED_UP if field is CHOICE else POINTS
    (fault,) = faults(HEAD + field + f"words = {words}\n" + score)
    assert f"field.a.words.{key}: is an answer of a already" in fault


def test_words_beside_the_answers_and_numbers_for_yes_and_no_are_read() -> None:
    mine = rb.declare.read_instrument(HEAD + CHOICE + 'words = { p = "p", x = "q" }\n' + LOOKED_UP)
    assert [mine.score({"a": a}).points for a in ("p", "q", "X")] == [1, 2, 2]
    words = 'words = { 1 = "no", 2 = "yes" }\n'
    coded = rb.declare.read_instrument(HEAD + '[field.a]\ntype = "yes/no"\n' + words + POINTS)
    assert [coded.score({"a": a}).points for a in (1, 2, "yes", False)] == [0, 1, 1, 0]


@pytest.mark.parametrize("key", ["low = 0", "high = 1", 'choices = ["p"]'])
@pytest.mark.parametrize("kind", ["yes/no", "level", "date"])
def test_what_does_not_belong_to_a_type(kind: str, key: str) -> None:
    text = HEAD + f'[field.a]\ntype = "{kind}"\n{key}\n[field.b]\ntype = "yes/no"\n' + OUTPUT
    (fault,) = faults(text.replace('of = "a"', 'of = "b"'))
    assert f"field.a.{key.split()[0]}: does not belong to the type {kind}" in fault


def test_one_column_is_one_field() -> None:
    first, second = COUNT + 'columns = ["Times"]\n', '[field.b]\ntype = "yes/no"\n'
    for column in ("times", "A", " a"):
        (fault,) = faults(HEAD + first + second + f'columns = ["ok", "{column}"]\n' + POINTS)
        assert "field.b.columns[2]: is a column of a already" in fault
    assert rb.declare.read_instrument(HEAD + first + second + 'columns = ["B", "c"]\n' + POINTS)


@pytest.mark.parametrize(("value", "said"), [("11", "from 0 to 10"), ('"many"', "from 0 to 10")])
def test_an_example_that_cannot_be_read(value: str, said: str) -> None:
    (fault,) = faults(HEAD + COUNT + POINTS + f"[example]\na = {value}\n")
    assert fault.startswith("- line 14, example.a: ")
    assert said in fault


def test_what_is_empty_and_a_name_that_is_long() -> None:
    text = 'id = ""\ntitle = "  "\nsource = ""\n' + COUNT + POINTS
    assert faults(text) == [
        "- line 1, id: is empty", "- line 2, title: is empty", "- line 3, source: is empty",
    ]  # fmt: skip
    assert "at most 60" in faults(HEAD.replace('"x"', f'"{"x" * 300}"', 1) + COUNT + POINTS)[0]
    assert "at most 60" in faults(HEAD + COUNT.replace("a", "a" * 300, 1) + OUTPUT)[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD + '[field.a]\ntype = "boolean"\n' + OUTPUT, "field.a.type: is not known"),
        (
            HEAD + '[field.a]\ntype = "decimal"\nlow = "0"\nhigh = "3"\n' + OUTPUT,
            "field.a: decimals is missing",
        ),
        (HEAD.replace('title = "x"', 'title = "x\\u0001"') + COUNT + POINTS, "title: holds"),
        (
            HEAD + COUNT + '[score]\nlink = "logistic"\nrounding = "whole"\nintercept = "1"\n'
            '[[score.term]]\nof = "a"\nweight = "1"\n',
            "score: horizons is missing",
        ),
    ],
)  # fmt: skip
def test_one_fault_is_said_once(text: str, fault: str) -> None:
    (found,) = faults(text)
    assert fault in found


def test_points_that_nobody_can_have() -> None:
    def table(ranges: str) -> str:
        score = '[score]\nlink = "points_table"\nhorizons = "1yr"\nrounding = "whole"\n'
        score += f"probability = {{ 1yr = {ranges} }}\n"
        return HEAD + COUNT + score + POINTS.partition("\n")[2].partition("\n")[2]

    (fault,) = faults(table('{ "-100--22" = "0.1", "0-5" = "0.2", "6+" = "0.3" }'))
    assert "1yr has the points -100--22, which nobody can have: they add up to 0 at least" in fault
    beyond = rb.declare.read_instrument(table('{ "-100-5" = "0.2", "6-90" = "0.3" }'))
    assert [beyond.score({"a": a}).percent["1yr"] for a in (0, 5, 6)] == [20, 20, 30]


@pytest.mark.parametrize("name", ["survival", "two-forms"])
def test_an_empty_word_where_one_of_several_is_wanted(name: str) -> None:
    text = (EXAMPLES / f"{name}.toml").read_text("utf-8")
    (link,) = [line for line in text.splitlines() if line.startswith("link = ")]
    (fault,) = faults(text.replace(link, 'link = ""'))
    assert fault.endswith("score.link: is empty")
    (fault,) = faults(text.replace('rounding = "hundredths"', 'rounding = ""'))
    assert fault.endswith("score.rounding: is empty")


@pytest.mark.parametrize("given", [None, 3, b"x"])
def test_what_is_no_file_and_no_text(given: Any) -> None:
    for read in (
        rb.load_instrument,
        rb.declare.instrument,
        rb.declare.read_instrument,
        rb.BandTable.from_toml,
        rb.BandTable.from_dict,
        rb.load_table,
        rb.CoefficientTable.from_dict,
    ):
        if read is rb.load_instrument and given == b"x":
            continue
        with pytest.raises(rb.TableError, match=r"value of type|must be a table"):
            read(given)
    if given is None:
        with pytest.raises(rb.TableError, match="not JSON: a value of type NoneType"):
            rb.BandTable.from_json(given)  # type: ignore[arg-type]


def test_an_id_has_no_blank_around_it() -> None:
    table = rb.coefficient_tables["ogrs3-2009"]
    for ident in (f"{table.id} ", f" {table.id}", f"{table.id}\N{NO-BREAK SPACE}"):
        with pytest.raises(rb.TableError, match="id must"):
            rb.CoefficientTable.from_dict(table.to_dict() | {"id": ident})
    with pytest.raises(rb.TableError, match="rsr-2025: an id has no blank"):
        rb.BandTable.from_edges("rsr-2025 ", ["Low", "High"], [0, 50, 100])
