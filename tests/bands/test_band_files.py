"""Band tables as files: round trips, the schema, and errors that name the line."""

import copy
import json
import re
import threading
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from band_strategies import made_up, tables
from hypothesis import given
from hypothesis import strategies as st

from riskbands.bands import builtin as bandtables
from riskbands.bands import files as bandfiles
from riskbands.bands.builtin import band_table, band_table_schema, band_tables
from riskbands.bands.printed import PrintedBands
from riskbands.bands.table import BandTable, Rounding
from riskbands.errors import TableError, UnknownNameError

SCHEMA = band_table_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FILES = Path(bandtables.__file__).parents[1] / "data" / "bands"

TOML = """\
id = "leaflet"
title = "From a leaflet"
unit = "percent"
rounding = "half_up"
digits = 1

[[band]]
label = "Low"
interval = "[0, 3)"

[[band]]
label = "High"
interval = "[4, 100]"

[[gap]]
interval = "[3, 4)"
reason = "the leaflet says nothing of it"
"""


# -- the built-in tables ---------------------------------------------------------------------------

EXPECTED = [
    "ogrs3-2yr",
    "ogp-2yr",
    "ovp-2yr",
    "rsr-lewisham-2024",
    "rsr-2025",
    "rsr-api-2025-08",
    "rsr-api-2025-07",
    "rsr-calculator-2018",
    "rsr-parole-2018",
    "csrp-2026",
    "arp-2026",
    "vrp-2026",
    "osp-dc-points",
    "asset-2009",
    "oasys-needs-accommodation",
    "oasys-needs-ete",
    "oasys-needs-relationships",
    "oasys-needs-lifestyle",
    "oasys-needs-drugs",
    "oasys-needs-alcohol",
    "oasys-needs-thinking-and-behaviour",
    "oasys-needs-attitudes",
    "oasys-needs-san-accommodation",
    "oasys-needs-san-alcohol",
    "oasys-needs-san-attitudes",
    "oasys-needs-san-drugs",
    "oasys-needs-san-thinking-and-behaviour",
    "ogrs4g-oasys-test-2025",
    "ogrs4v-oasys-test-2025",
    "osp-c-points-2017",
    "osp-dc-percent-2026",
    "osp-dc-points-api-2025-08",
    "pni-arp-2026",
    "pni-csrp-api",
    "pni-ogrs3-2024-12",
    "pni-ovp-2024-12",
    "pni-rsr-2024",
    "pni-vrp-2026",
    "san-needs-accommodation",
    "san-needs-alcohol",
    "san-needs-drugs",
    "san-needs-ete",
    "san-needs-lifestyle",
    "san-needs-relationships",
    "san-needs-thinking-and-behaviour",
    "snsv-oasys-test-2025-10",
    "snsv-oasys-test-2025-11",
    "svrp-2026",
    "tier-v3-arp",
    "tier-v3-csrp",
    "vrp-api-2026-06",
    "vrp-oasys-test-2025-12",
]


def test_the_built_in_tables_are_a_read_only_mapping() -> None:
    assert sorted(band_tables) == sorted(EXPECTED)
    assert len(band_tables) == len(EXPECTED)
    assert "rsr-2025" in band_tables
    assert band_tables["rsr-2025"] is band_table("rsr-2025")
    assert dict(band_tables)["arp-2026"].id == "arp-2026"
    assert repr(band_tables).startswith("<band tables: arp-2026, asset-2009, ")
    with pytest.raises(TypeError):
        band_tables["mine"] = band_table("rsr-2025")  # type: ignore[index]


def test_an_unknown_id_gets_suggestions() -> None:
    with pytest.raises(UnknownNameError, match="named 'rsr2025'; did you mean rsr-2025"):
        band_table("rsr2025")
    with pytest.raises(KeyError, match="oasys-needs-ete"):
        band_tables["oasys-needs"]
    assert band_tables.get("yogrs") is None


def test_tables_are_read_when_first_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original: Any = bandfiles.from_toml
    bandtables._load.cache_clear()

    def reading(text: str, name: str, make: Any) -> BandTable:
        read.append(name)
        table: BandTable = original(text, name, make)
        return table

    monkeypatch.setattr(bandtables, "from_toml", reading)
    assert len(list(band_tables)) == len(EXPECTED)
    assert read == []
    threads = [threading.Thread(target=band_table, args=("vrp-2026",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read) == {"vrp-2026.toml"}
    band_table("vrp-2026")
    assert len(read) <= 4


def test_a_file_under_another_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bandtables, "from_toml", lambda *_: BandTable.from_toml(TOML))
    bandtables._load.cache_clear()
    try:
        with pytest.raises(TableError, match=r"rsr-2025.toml: the id of the table must be"):
            band_table("rsr-2025")
    finally:
        bandtables._load.cache_clear()


@pytest.mark.parametrize("path", sorted(FILES.glob("*.toml")), ids=lambda path: path.stem)
def test_each_file_keeps_to_the_schema(path: Path) -> None:
    import tomllib

    VALIDATOR.validate(tomllib.loads(path.read_text(encoding="utf-8")))


# -- round trips -----------------------------------------------------------------------------------


@given(tables)
def test_a_table_comes_back_from_every_form(table: BandTable) -> None:
    assert BandTable.from_dict(table.to_dict()) == table
    assert BandTable.from_toml(table.to_toml()) == table
    assert BandTable.from_json(table.to_json()) == table


@given(tables)
def test_what_is_written_keeps_to_the_schema(table: BandTable) -> None:
    VALIDATOR.validate(table.to_dict())


@given(made_up(), st.text(max_size=20), st.lists(st.text(max_size=20), max_size=2))
def test_any_text_comes_back(table: BandTable, source: str, notes: list[str]) -> None:
    told = table.replace(source=source, notes=tuple(notes))
    assert BandTable.from_toml(told.to_toml()) == told
    assert BandTable.from_json(told.to_json()) == told


def test_a_resolved_table_comes_back_with_its_origin() -> None:
    printed = PrintedBands.parse({"a": "under 3", "b": "3-6", "c": "6-9", "d": "12+", "e": "N/A"})
    table = printed.resolve(
        overlap="b", gap="missing", rounding=Rounding(1), lowest="0", highest="50", id="x"
    )
    assert BandTable.from_toml(table.to_toml()) == table
    rounded = PrintedBands.parse({"a": "0-49", "b": "50-99"}).resolve(rounding=Rounding(0))
    assert BandTable.from_json(rounded.to_json()) == rounded


def test_the_digest_is_of_the_content() -> None:
    table = BandTable.from_toml(TOML)
    assert re.fullmatch("[0-9a-f]{16}", table.digest)
    assert table.digest == BandTable.from_json(table.to_json()).digest
    assert table.digest == table.replace(title="Another", source="Elsewhere").digest
    for changes in (
        {"labels": ["Low", "Higher"]},
        {"intervals": ["[0, 3)", "[4, 99]"]},
        {"below": "clamp"},
        {"missing": "raise"},
        {"unit": "points"},
        {"rounding": Rounding(3)},
        {"applies_to": ["rsr"]},
    ):
        assert table.digest != table.replace(**changes).digest


def test_files_are_read_by_their_ending(tmp_path: Path) -> None:
    table = BandTable.from_toml(TOML)
    for name, text in (("t.toml", table.to_toml()), ("t.json", table.to_json())):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert BandTable.from_file(tmp_path / name) == table
        assert BandTable.from_file(str(tmp_path / name)) == table
    (tmp_path / "bad.toml").write_text(TOML.replace("[4, 100]", "[5, 100]"))
    with pytest.raises(TableError, match=r"^bad.toml, line 11, band\[1\]: leaflet: \[4, 5\)"):
        BandTable.from_file(tmp_path / "bad.toml")


# -- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"[0, 3)"', '"[0, 3"', "line 9, band[0].interval: an interval is written like"),
        ('"[4, 100]"', '"[100, 4]"', "line 13, band[1].interval: [100, 4] holds no number"),
        (
            'label = "High"',
            'lable = "High"',
            "line 12, band[1].lable: no key named 'lable'",
        ),
        ('label = "High"\n', "", "line 11, band[1].label: is missing"),
        ('label = "High"', "label = 3", "line 12, band[1].label: must be a text"),
        (
            'reason = "the',
            'values = "clamp"\nreason = "the',
            "line 15, gap[0]: a gap [3, 4)",
        ),
        (
            'unit = "percent"',
            'unit = "percents"',
            "line 3, unit: no unit named 'percents'",
        ),
        (
            '"half_up"',
            '"half_even"',
            "line 4, rounding: is 'half_up' or 'none'",
        ),
        ("digits = 1", 'digits = "1"', "line 5, digits: rounding digits must be a whole number"),
        ("digits = 1\n", "", "line 4, rounding: needs digits"),
        ('rounding = "half_up"', 'rounding = "none"', "line 5, digits: has no meaning with"),
        ('id = "leaflet"\n', "", "line 1, id: is missing"),
        ('id = "leaflet"', 'ids = "leaflet"', "line 1, ids: no key named 'ids'; did you mean id"),
        ("[[gap]]", "[[gaps]]", "gaps: no key named 'gaps'; did you mean gap"),
        ('title = "From a leaflet"', 'notes = "one"', "line 2, notes: must be a list of texts"),
        ('title = "From a leaflet"', "notes = [1]", "line 2, notes: must be a list of texts"),
        ('title = "From a leaflet"', "title = 1", "line 2, title: must be a text"),
        ('title = "From a leaflet"', "printed = 1", "line 2, printed: is rows, each under"),
        (
            'title = "From a leaflet"',
            "printed = [1]",
            "line 2, printed[0]: must be a table of keys",
        ),
        ('"[4, 100]"', '"[3, 100]"', "line 1, the table: leaflet: [3, 100] and [3, 4) overlap"),
        ('"[4, 100]"', '"[5, 100]"', "line 11, band[1]: leaflet: [4, 5) belongs to no band"),
        ('"[4, 100]"', '"[2, 100]"', "line 11, band[1]: leaflet: [0, 3) and [2, 100] overlap"),
        ('"[0, 3)"', '"[0, 2)"', "line 11, band[1]: leaflet: [2, 3) belongs to no band"),
        ('label = "Low"', 'label = " Low"', "line 7, band[0]: leaflet: label 1 must be a text"),
        ('label = "High"', 'label = "Low"', "line 11, band[1]: leaflet: two bands have the same"),
        ('id = "leaflet"', 'id = ""', "line 1, id: a band table needs an id"),
        ('unit = "percent"', 'missing = "clamp"', "line 3, missing: is 'none' or 'raise'"),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, message: str) -> None:
    assert old in TOML
    with pytest.raises(TableError) as refusal:
        BandTable.from_toml(TOML.replace(old, new), "mine.toml")
    assert str(refusal.value).startswith("mine.toml, line ")
    assert message in str(refusal.value)


PRINTED = """\
id = "leaflet"
[[printed]]
label = "Low"
text = "0-3"
[[printed]]
label = "High"
text = "3-9"
[[decision]]
about = "overlap"
between = ["Low", "High"]
choice = "upper"
reason = "the next edition says so"
"""


def test_printed_rows_and_decisions_make_a_table() -> None:
    assert str(BandTable.from_toml(PRINTED).intervals[0]) == "[0, 3)"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"3-9"', '"3 bis 9"', "line 5, printed[1]: row 2 ('High', '3 bis 9'): cannot read"),
        ('"overlap"', '"overlaps"', "line 9, decision[0].about: is 'overlap', 'gap', 'rounding'"),
        ('"overlap"', '"row"', "line 9, decision[0].about: is 'overlap', 'gap', 'rounding'"),
        (
            '"upper"',
            '"middle"',
            "line 8, decision[0]: 3 belongs to Low and High: 'middle'",
        ),
        ('["Low", "High"]', '["High"]', "line 10, decision[0].between: there is no overlap"),
        ('["Low", "High"]', '"Low"', "line 10, decision[0].between: must be a list of texts"),
        ('reason = "the next edition says so"\n', "", "line 8, decision[0].reason: is missing"),
        ('[[printed]]\nlabel = "Low"', '[[band]]\nlabel = "Low"', "no key of that name"),
    ],
)
def test_a_fault_of_a_printed_table_is_named_with_its_line(
    old: str, new: str, message: str
) -> None:
    assert old in PRINTED
    with pytest.raises(TableError) as refusal:
        BandTable.from_toml(PRINTED.replace(old, new, 1))
    assert str(refusal.value).startswith("band table, line ")
    assert message in str(refusal.value)


def test_a_file_has_bands_or_printed_rows() -> None:
    both = TOML + PRINTED.split("\n", 1)[1]
    for text in (both, 'id = "x"', both.replace("[[gap]]", "[[gap]]")):
        with pytest.raises(TableError, match="needs rows of 'band' or of 'printed'"):
            BandTable.from_toml(text)
    gap = TOML[TOML.index("[[gap]]") :]
    with pytest.raises(TableError, match=r"line 13, gap\[0\]: belongs beside 'band'"):
        BandTable.from_toml(PRINTED + gap)
    decision = PRINTED[PRINTED.index("[[decision]]") :]
    with pytest.raises(TableError, match=r"decision\[0\]: belongs beside 'printed'"):
        BandTable.from_toml(TOML + decision)


def test_text_that_is_not_toml_or_json_is_refused_with_the_line() -> None:
    with pytest.raises(TableError, match=r"^mine is not TOML: .*line 2"):
        BandTable.from_toml("id = 'x'\nband = = 3", "mine")
    with pytest.raises(TableError, match=r"not JSON: .*line 2"):
        BandTable.from_json('{"id": "x",\n]')
    with pytest.raises(TableError, match="the table: must be a table of keys and values"):
        BandTable.from_json("[]")


def test_without_lines_the_place_is_named() -> None:
    data = BandTable.from_toml(TOML).to_dict()
    data["band"][1]["interval"] = "[4, x]"
    with pytest.raises(TableError, match=r"^band\[1\].interval: an edge must be"):
        BandTable.from_dict(data)


# -- the schema and the reader say the same --------------------------------------------------------


def test_the_schema_knows_the_keys_of_the_reader() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert set(SCHEMA["properties"]) == set(bandfiles._KEYS)
    for kind, keys in bandfiles.ROW_KEYS.items():
        items = SCHEMA["properties"][kind]["items"]
        assert set(items["properties"]) == set(keys)
        assert set(items["required"]) == set(keys) - bandfiles._OPTIONAL


FAULTS: list[dict[str, Any]] = [
    {"id": None},
    {"id": ""},
    {"extra": 1},
    {"unit": "miles"},
    {"status": "old"},
    {"below": "ignore"},
    {"missing": "clamp"},
    {"rounding": "down"},
    {"rounding": "none"},
    {"digits": 16},
    {"digits": None},
    {"notes": "one"},
    {"band": []},
    {"band": [{"label": "a"}]},
    {"band": [{"label": "a", "interval": "0-3"}]},
    {"gap": [{"interval": "[3, 4)"}]},
    {"gap": [{"interval": "[3, 4)", "reason": ""}]},
    {"printed": [{"label": "a", "text": "0-3"}]},
]


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
def test_what_the_schema_refuses_the_reader_refuses(fault: dict[str, Any]) -> None:
    data = copy.deepcopy(BandTable.from_toml(TOML).to_dict())
    VALIDATOR.validate(json.loads(json.dumps(data)))
    data |= fault
    data = {key: value for key, value in data.items() if value is not None}
    assert not VALIDATOR.is_valid(data)
    with pytest.raises((TableError, ValueError)):
        BandTable.from_dict(data)


@pytest.mark.parametrize(("header", "line"), [("[[decisions]]", 8), ("[extra]", 8)])
def test_an_unknown_header_is_named_by_its_line(header: str, line: int) -> None:
    with pytest.raises(TableError, match=rf"^band table, line {line}, \w+: no key "):
        BandTable.from_toml(PRINTED.replace("[[decision]]", header))


def test_a_thing_is_decided_once() -> None:
    again = PRINTED[PRINTED.index("[[decision]]") :].replace("upper", "lower")
    with pytest.raises(TableError, match=r"line 13, decision\[1\]: was decided before"):
        BandTable.from_toml(PRINTED + again)
    end = '[[decision]]\nabout = "highest"\nbetween = ["High"]\nchoice = "12"\nreason = "so"\n'
    assert str(BandTable.from_toml(PRINTED + end).intervals[1]) == "[3, 12]"
    with pytest.raises(TableError, match=r"line 18, decision\[2\]: was decided before"):
        BandTable.from_toml(PRINTED + end + end)


def test_rows_that_are_right_by_themselves_but_not_together_are_named_at_the_first() -> None:
    with pytest.raises(TableError, match=r"line 2, printed\[0\]: a printed table needs a row"):
        BandTable.from_toml(PRINTED.replace('"0-3"', '"N/A"').replace('"3-9"', '"N/A"'))


def test_a_gap_without_a_reason_is_named_by_its_line() -> None:
    empty = TOML.replace("the leaflet says nothing of it", "")
    with pytest.raises(TableError, match=r"line 15, gap\[0\]: a gap \[3, 4\) needs its reason"):
        BandTable.from_toml(empty)


def test_a_file_may_begin_with_a_byte_order_mark_and_must_be_utf_8(tmp_path: Path) -> None:
    file = tmp_path / "leaflet.toml"
    file.write_text(TOML, encoding="utf-8-sig")
    assert BandTable.from_file(file) == BandTable.from_toml(TOML)
    file.write_text(TOML, encoding="utf-16")
    with pytest.raises(TableError, match=r"leaflet\.toml is not text in UTF-8"):
        BandTable.from_file(file)


def test_a_row_is_named_by_its_line_wherever_it_stands() -> None:
    band, gap = TOML.rindex("[[band]]"), TOML.index("[[gap]]")
    text = f"{TOML[:band]}{TOML[gap:]}\n{TOML[band:gap]}"
    assert BandTable.from_toml(text) == BandTable.from_toml(TOML)
    with pytest.raises(TableError, match=r"line 15, band\[1\]: leaflet: \[4, 5\) belongs"):
        BandTable.from_toml(text.replace("[4, 100]", "[5, 100]"))
    quoted = text.replace("[[band]]", "[['band']]").replace("label", "'label'")
    with pytest.raises(TableError, match=r"line 16, band\[1\].label: must be a text"):
        BandTable.from_toml(quoted.replace('"High"', "1"))
    long = 'licence = """\n[[band]]\nlabel = "High"\u2028\n""" # \'\'\'\n'
    with pytest.raises(TableError, match=r"line 19, band\[1\]: leaflet: label 2 must be"):
        BandTable.from_toml(long + text.replace('label = "High"', 'label = "High "'))


@pytest.mark.parametrize(
    ("decision", "message"),
    [
        (["gap", "Low", "High", "lower"], "line 15, decision[1].between: there is no gap between"),
        (["overlap", "High", "Low", "lower"], "line 15, decision[1].between: there is no overlap"),
        (["lowest", "Low", "Low", "0,5"], "line 13, decision[1]: an edge must be"),
        (["lowest", "Low", "Low", "2"], "line 13, decision[1]: lowest=2 would cut off"),
        (["highest", "High", "High", "7"], "line 13, decision[1]: highest=7 would cut off"),
    ],
)
def test_the_decision_that_is_wrong_is_named(decision: list[str], message: str) -> None:
    about, one, two, choice = decision
    text = (
        f'{PRINTED}[[decision]]\nabout = "{about}"\nbetween = ["{one}", "{two}"]\n'
        f'choice = "{choice}"\nreason = "so"\n'
    )
    with pytest.raises(TableError) as refusal:
        BandTable.from_toml(text)
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "x", "id": "y"}',
        '{"id": "x", "band": [{"label": "a", "interval": "[0, 1)", "interval": "[0, 2)"}]}',
        "[" * 200_000,
        '{"digits": ' + "9" * 5000 + "}",
    ],
    ids=["id", "interval", "deep", "long"],
)
def test_json_that_says_a_thing_twice_or_has_no_end_is_refused(text: str) -> None:
    with pytest.raises(TableError, match=r"^not JSON: "):
        BandTable.from_json(text)


@pytest.mark.parametrize("value", ["[" * 20_000, "9" * 5000], ids=["deep", "long"])
def test_toml_that_has_no_end_is_refused(value: str) -> None:
    with pytest.raises(TableError, match=r"^band table is not TOML: "):
        BandTable.from_toml(f"digits = {value}")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('between = ["Low", "High"]', "between = []", "decision[0].between: must name at least"),
        ('between = ["Low", "High"]', 'between = ["Low", "Higher"]', "no printed label"),
    ],
)
def test_a_decision_names_the_labels_it_is_about(old: str, new: str, message: str) -> None:
    """The schema asks for a label at least, and so does the reader."""
    import tomllib

    text = PRINTED.replace(old, new)
    assert text != PRINTED
    if new.endswith("[]"):
        assert not VALIDATOR.is_valid(tomllib.loads(text))
    with pytest.raises(TableError) as refusal:
        BandTable.from_toml(text)
    assert message in str(refusal.value)


def test_the_rounding_of_a_printed_table_is_a_decision_with_a_reason() -> None:
    table = band_table("rsr-lewisham-2024")
    assert table.origin is not None
    (told,) = [d for d in table.origin.decisions if d.about == "rounding"]
    assert told.choice == str(table.rounding) == "half up to 2 decimals"
    assert "names no rounding" in told.reason
    assert BandTable.from_toml(table.to_toml()) == table
    text = table.to_toml()
    for old, new, message in (
        ("half up to 2 decimals", "half up to 1 decimal", "must name the rounding of the table"),
        (told.reason, "", "must say why"),
    ):
        with pytest.raises(TableError, match=message):
            BandTable.from_toml(text.replace(old, new))
    rows = {"a": "0-49", "b": "50-99"}
    with pytest.raises(TableError, match="no meaning without a rounding"):
        PrintedBands.parse(rows).resolve(gap="upper", rounding_reason="why")
