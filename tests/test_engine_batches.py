"""Arrow batches and DuckDB relations give the scores that the library gives, in plain types."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from messy import as_text, as_types, differences, local, odd_batches, rows_of

import riskbands as rb
from riskbands.engines import arrow
from riskbands.engines import duckdb as engine
from riskbands.errors import FrameError, InputErrorGroup, UnknownNameError, UnsupportedFrameError

ROWS = rows_of(600)
FORMS = {"text": as_text(ROWS), "types": as_types(ROWS)}
forms = pytest.mark.parametrize("form", FORMS)
OPTIONS: dict[str, Any] = {"probabilities": True, "information": True}


@forms
def test_batches_of_odd_sizes_have_the_scores_of_the_whole(form: str) -> None:
    table = FORMS[form]
    batches = odd_batches(table)
    found = list(arrow.score_batches(batches, **OPTIONS))
    assert [b.num_rows for b in found] == [b.num_rows for b in batches]
    assert 0 in {b.num_rows for b in batches}
    whole = pa.Table.from_batches(found, arrow.schema(table.schema, **OPTIONS))
    expected = local(table, **OPTIONS)
    assert differences(whole, table, expected) == []
    scored = sum(v is not None for v in expected["ogrs3_2yr"])
    assert 0 < scored < 600


def test_a_reader_is_read_batch_by_batch() -> None:
    table = FORMS["text"]
    read = []

    def batches() -> Any:
        for batch in table.to_batches(max_chunksize=100) * 2000:
            read.append(batch.num_rows)
            yield batch

    reader = pa.RecordBatchReader.from_batches(table.schema, batches())
    scored = arrow.score_batches(reader, ["ogrs3"])
    next(scored)
    assert sum(read) < 40_000


def test_large_text_dictionaries_and_views_are_read() -> None:
    table = FORMS["text"]
    expected = local(table, ["ogrs3"])
    for kind in (pa.large_string(), pa.dictionary(pa.int16(), pa.string())):
        columns = [c if c.type == pa.int64() else c.cast(kind) for c in table.columns]
        other = pa.table(columns, table.column_names)
        found = pa.Table.from_batches(arrow.score_batches(odd_batches(other), ["ogrs3"]))
        assert {n: found[n].to_pylist() for n in expected} == expected


def test_types_are_plain_and_bands_keep_their_order_in_the_metadata() -> None:
    found = arrow.schema(FORMS["text"].schema, ["ogrs3", "rsr", "osp_dc"], **OPTIONS)
    added = list(found)[len(FORMS["text"].schema) :]
    assert {f.type for f in added} == {pa.int16(), pa.float64(), pa.bool_(), pa.string()}
    about = json.loads(found.field("osp_dc_band").metadata[b"riskbands"])
    assert about["labels"][0] == "not_applicable"
    assert about["labels"][1:] == list(rb.osp_dc.bands.labels)  # type: ignore[union-attr]
    about = json.loads(found.metadata[b"riskbands"])
    assert about["version"] == rb.__version__
    assert about["ogrs3"]["digest"] == rb.ogrs3.table.digest


def test_no_batch_gives_no_batch() -> None:
    assert list(arrow.score_batches([], ["ogrs3"])) == []
    reader = pa.RecordBatchReader.from_batches(FORMS["text"].schema, [])
    assert list(arrow.score_batches(reader, ["ogrs3"])) == []


def test_a_table_and_one_batch_are_their_batches() -> None:
    table = FORMS["text"]
    expected = list(arrow.score_batches(table.to_batches(), ["ogrs3"]))
    assert list(arrow.score_batches(table, ["ogrs3"])) == expected
    batch = table.combine_chunks().to_batches()[0]
    assert list(arrow.score_batches(batch, ["ogrs3"])) == expected
    assert list(arrow.score_batches(table.slice(0, 0), ["ogrs3"])) == []


def test_what_are_no_batches_is_told() -> None:
    table = FORMS["text"]
    given: list[Any] = [None, 5, [table], table.column_names, [*table.to_batches(), table]]
    for what in given:
        with pytest.raises(UnsupportedFrameError, match="this scores Arrow record batches, a read"):
            list(arrow.score_batches(what, ["ogrs3"]))


def test_a_null_among_the_values_of_a_dictionary_is_missing_in_every_batch() -> None:
    table = FORMS["text"]
    place = table.column_names.index("sex")
    few = pc.dictionary_encode(table.column("sex"), null_encoding="encode")
    given = table.set_column(place, "sex", few.combine_chunks().cast(few.type))
    assert given.column("sex").chunk(0).dictionary.null_count
    expected = local(table, ["ogrs3"])
    found = list(arrow.score_batches(given.to_batches(max_chunksize=7), ["ogrs3"]))
    whole = pa.Table.from_batches(found)
    many = rb.score_cohort(pa.Table.from_batches(given.to_batches(max_chunksize=7)), ["ogrs3"])
    for name in ("ogrs3_2yr", "ogrs3_issues"):
        assert whole.column(name).to_pylist() == expected[name]
        assert many.column(name).to_pylist() == expected[name]


def test_another_name_another_table_and_another_form() -> None:
    table = FORMS["text"]
    named = table.rename_columns([f"my {n}" if n == "sex" else n for n in table.column_names])
    options: dict[str, Any] = {"tables": {"ogrs3": "ogrs3-hmpps-2025"}, "form": "brief"}
    batches = arrow.score_batches(
        named.to_batches(), ["ogrs3", "ogp"], rename={"my sex": "sex"}, **options
    )
    expected = local(table, ["ogrs3", "ogp"], **options)
    assert differences(pa.Table.from_batches(batches), named, expected) == []


def test_dates_in_a_format_of_their_own() -> None:
    names = ["date_of_birth", "conviction_date", "follow_up_date"]
    table = FORMS["types"]
    for name in names:
        place = table.column_names.index(name)
        table = table.set_column(place, name, pc.strftime(table[name], "%d/%m/%Y"))
    for formats in ("%d/%m/%Y", dict.fromkeys(names, "%d/%m/%Y")):
        options: dict[str, Any] = {"date_format": formats}
        found = pa.Table.from_batches(arrow.score_batches(odd_batches(table), ["ogrs3"], **options))
        assert differences(found, table, local(FORMS["types"], ["ogrs3"])) == []
        scored = engine.score_cohort(duckdb.from_arrow(table), ["ogrs3"], **options)
        assert differences(scored.to_arrow_table(), table, local(FORMS["types"], ["ogrs3"])) == []


def test_a_plan_travels() -> None:
    made = arrow.plan(FORMS["types"].schema, ["rsr"])
    again = pickle.loads(pickle.dumps(made))
    assert again.result == made.result
    batches = FORMS["types"].to_batches()
    assert list(again.score(batches)) == list(made.score(batches))


def test_what_cannot_be_scored_is_refused_before_any_row() -> None:
    columns = FORMS["text"].schema
    with pytest.raises(FrameError, match="names of scores \\(ogrs3_1yr\\)"):
        arrow.schema(columns.append(pa.field("OGRS3_1yr", pa.string())), ["ogrs3"])
    with pytest.raises(FrameError, match="two columns named note"):
        arrow.schema(
            columns.append(pa.field("note", pa.string())).append(pa.field("Note", pa.string()))
        )
    with pytest.raises(FrameError, match="no predictor"):
        arrow.schema(pa.schema([("a", pa.string())]))
    with pytest.raises(UnknownNameError, match="no predictor of that name"):
        arrow.schema(columns, ["ogrs9"])
    wrong = columns.set(columns.get_field_index("sanctions"), pa.field("sanctions", pa.time32("s")))
    with pytest.raises(InputErrorGroup, match="sanctions"):
        arrow.schema(wrong, ["ogrs3"])


def test_a_batch_with_other_columns_is_refused() -> None:
    one, other = (FORMS[form].to_batches()[0] for form in ("text", "types"))
    with pytest.raises(FrameError, match="other columns than the table"):
        list(arrow.score_batches([one, other], ["ogrs3"]))
    with pytest.raises(FrameError, match="it has 2 columns"):
        list(arrow.score_batches([one, one.select([0, 1])], ["ogrs3"]))


# DuckDB


@forms
def test_a_relation_streams_to_the_same_scores(form: str) -> None:
    table = FORMS[form]
    with duckdb.connect() as connection:
        relation = connection.from_arrow(table)
        scored = engine.score_cohort(relation, connection=connection, **OPTIONS)
        assert differences(scored.to_arrow_table(), table, local(table, **OPTIONS)) == []
        assert scored.aggregate("count(*)").fetchall() == [(600,)]  # it can be read again


def test_a_relation_of_the_default_connection_needs_no_connection() -> None:
    people = FORMS["types"]
    scored = engine.score_cohort(duckdb.from_arrow(people), ["ogrs3"])
    assert scored.project("ogrs3_2yr").fetchall() == [
        (v,) for v in local(people, ["ogrs3"])["ogrs3_2yr"]
    ]


def test_a_relation_of_another_connection_is_refused_with_advice() -> None:
    with duckdb.connect() as one, duckdb.connect() as other:
        relation = one.from_arrow(FORMS["types"])
        with pytest.raises(FrameError, match="connection="):
            engine.score_cohort(relation, ["ogrs3"], connection=other)
    with pytest.raises(UnsupportedFrameError, match=r"not builtins\.dict"):
        engine.score_cohort({"sex": ["male"]}, ["ogrs3"])


def test_columns_with_quotes_keywords_and_spaces() -> None:
    table = FORMS["text"]
    strange = {"sex": 'a "quoted" name', "sanctions": "select", "row": "row"}
    named = table.rename_columns([strange.get(n, n) for n in table.column_names])
    rename = {new: old for old, new in strange.items() if old != "row"}
    with duckdb.connect() as connection:
        scored = engine.score_cohort(
            connection.from_arrow(named), ["ogrs3"], connection=connection, rename=rename
        )
        assert differences(scored.to_arrow_table(), named, local(table, ["ogrs3"])) == []


def test_enum_timestamps_and_tiny_integers_of_duckdb() -> None:
    with duckdb.connect() as connection:
        connection.from_arrow(FORMS["types"]).create_view("people")
        relation = connection.sql(
            "SELECT * REPLACE (CAST(upper(sex) AS ENUM('MALE', 'FEMALE', 'M', 'F')) AS sex, "
            "CAST(date_of_birth AS TIMESTAMP) AS date_of_birth, "
            "CAST(sanctions AS UINTEGER) AS sanctions) FROM people "
            "WHERE sanctions >= 0 AND upper(sex) IN ('MALE', 'FEMALE', 'M', 'F')"
        )
        table = relation.to_arrow_table()
        scored = engine.score_cohort(relation, ["ogrs3"], connection=connection)
        found = scored.to_arrow_table()
    expected = local(FORMS["types"], ["ogrs3"])
    kept = table["row"].to_pylist()
    assert len(kept) > 100
    for name, values in expected.items():
        assert found[name].to_pylist() == [values[n] for n in kept]


# What is not installed

HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in HIDDEN:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Hidden())
"""


@pytest.mark.parametrize(
    ("module", "hidden", "named"),
    [
        ("arrow", "pyarrow", "pip install pyarrow"),
        ("duckdb", "duckdb", "the [duckdb] extra"),
        ("duckdb", "pyarrow", "the [duckdb] extra"),
        ("spark", "pyspark", "the [spark] extra"),
    ],
)
def test_the_missing_extra_is_named(module: str, hidden: str, named: str) -> None:
    code = f"""
HIDDEN = {{{hidden!r}}}
{HIDE}
import riskbands.engines
try:
    import riskbands.engines.{module}
except ImportError as error:
    print(type(error).__name__, error)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("MissingExtraError"), done.stdout
    assert named in done.stdout


def test_the_wing_imports_nothing_until_it_is_used() -> None:
    code = (
        "import sys, riskbands.engines; print({'pyarrow', 'duckdb', 'pyspark'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
