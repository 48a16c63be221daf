"""Coefficient tables: read, edited, refused, and named in every score."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import attrs
import pytest

import riskbands as rb
from riskbands.scorecards.coefficients import CoefficientTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLES = list(rb.coefficient_tables)
#: A predictor and the table it is made from: every table and every predictor that has one.
USES = [
    ("ogrs3", "ogrs3-2009"), ("ogrs3", "ogrs3-hmpps-2025"), ("ogp", "ogp-2009"),
    ("ovp", "ovp-2009"), ("snsv", "snsv-hmpps-2025"), ("snsv", "snsv-2014"),
    ("osp_dc", "osp-dc-iic-2025"), ("osp_iic", "osp-dc-iic-2025"), ("dc_srp", "osp-dc-iic-2026"),
    ("iic_srp", "osp-dc-iic-2026"), ("osp_c", "osp-2018"), ("osp_i", "osp-2018"),
    ("ogrs4g", "ogrs4-2015"), ("ogrs4v", "ogrs4-2015"), ("arp", "arp-2026"), ("vrp", "vrp-2026"),
    ("svrp", "svrp-2026"),
]  # fmt: skip
#: Sections that a predictor does not read, because another one does.
OTHERS = {
    "ogrs4g": {"ogrs4v"}, "ogrs4v": {"ogrs4g"},
    "osp_dc": {"osp_iic", "rsr"}, "osp_iic": {"osp_dc", "rsr"},
    "dc_srp": {"iic_srp", "csrp"}, "iic_srp": {"dc_srp", "csrp"},
    "osp_c": {"osp_i", "rsr"}, "osp_i": {"osp_c", "rsr"},
}  # fmt: skip
#: A man that every predictor scores, in the extended form.
CASE = {
    "sex": "male", "date_of_birth": "1988-04-02", "conviction_date": "2022-06-01",
    "assessment_date": "2022-08-01", "offence_code": "00801", "sanctions": 7,
    "violent_sanctions": 1, "first_sanction_age": 17, "supervision_status": "custody",
    "sexual_offence_history": "yes", "current_offence_sexually_motivated": "no",
    "contact_adult_sanctions": 1, "contact_child_sanctions": 0, "image_sanctions": 0,
    "non_contact_sanctions": 0, "last_sexual_offence_date": "2010-01-01",
}  # fmt: skip


def numbers(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of the entries of the innermost tables."""
    for key, value in node.items():
        if isinstance(value, dict):
            yield from numbers(value, (*path, key))
        else:
            yield (*path, key)


def edited(table: str) -> dict[str, Any]:
    """The content of a table's file, to be changed."""
    return rb.coefficient_tables[table].to_dict()


def load(content: dict[str, Any], folder: Path) -> CoefficientTable:
    """The changed content by way of a file, as a caller brings it."""
    file = folder / "edited.toml"
    file.write_text(CoefficientTable.from_dict(content).to_toml(), encoding="utf-8")
    return rb.load_table(file)


def without(tree: dict[str, Any], path: tuple[str, ...]) -> None:
    for key in path[:-1]:
        tree = tree[key]
    del tree[path[-1]]


def test_every_table_is_used_by_a_predictor() -> None:
    assert {table for _, table in USES} == set(TABLES) - {"asset-points"}
    for name, table in USES:
        assert name in rb.coefficient_tables[table].predictor


@pytest.mark.parametrize("table", TABLES)
def test_a_table_goes_to_a_file_and_comes_back(table: str, tmp_path: Path) -> None:
    original = rb.coefficient_tables[table]
    copy = tmp_path / "copy.toml"
    copy.write_text(original.to_toml(), encoding="utf-8")
    found = rb.load_table(copy)
    assert found == original
    assert found.to_dict() == original.to_dict()
    assert found.digest == original.digest
    assert (found.id, found.modified) == (table, False)
    assert tomllib.loads(original.to_toml())["coefficients"] == original.to_dict()["coefficients"]


@pytest.mark.parametrize(("name", "table"), USES)
def test_a_number_that_is_not_there_is_missed(name: str, table: str, tmp_path: Path) -> None:
    """None of them is optional, none contributes 0 because it is absent.

    The first thirty numbers of the file in turn, which are of every kind, and every seventh after.
    """
    predictor: rb.Predictor = getattr(rb, name)
    paths = [
        path
        for path in numbers(edited(table)["coefficients"])
        if path[0] not in OTHERS.get(name, ())
    ]
    for path in (*paths[:30], *paths[30::7]):
        content = edited(table)
        without(content["coefficients"], path)
        with pytest.raises(rb.TableError, match="missing: ") as caught:
            predictor.with_table(CoefficientTable.from_dict(content))
        # of a range the message names the ages that have none
        assert path[-2 if path[-1][0].isdigit() else -1] in str(caught.value)


@pytest.mark.parametrize(("name", "table"), USES)
def test_a_number_that_nothing_reads_is_refused(name: str, table: str) -> None:
    content = edited(table)
    tree = content["coefficients"]
    section = next((v for k, v in tree.items() if isinstance(v, dict) and k == name), None)
    section = section or tree.get("extended", tree)
    section["copsa"] = "1.5"
    section["surplus"] = {"a": "1", "b": "2"}
    with pytest.raises(rb.TableError) as caught:
        getattr(rb, name).with_table(CoefficientTable.from_dict(content))
    assert "unknown: " in str(caught.value)
    for surplus in ("copsa", "surplus.a", "surplus.b"):
        assert surplus in str(caught.value)


def test_missing_and_unknown_keys_are_listed_together() -> None:
    """A misspelt key is both: the one that is missed and the one that is not known."""
    content = edited("ogrs3-2009")
    tree = content["coefficients"]
    tree["copsa"] = tree.pop("copas")
    tree["offence_group"]["roberry"] = tree["offence_group"].pop("robbery")
    del tree["age_female"]["50+"]
    with pytest.raises(rb.TableError) as caught:
        rb.ogrs3.with_table(CoefficientTable.from_dict(content))
    message = str(caught.value)
    missing, unknown = message.split("unknown: ")
    assert "copas" in missing
    assert "offence_group.robbery" in missing
    assert "age_female (exactly one range for each of 50 to 109)" in missing
    assert set(unknown.split(", ")) == {"copsa", "offence_group.roberry"}


def test_keys_of_both_forms_are_listed_together() -> None:
    content = edited("snsv-2014")
    tree = content["coefficients"]
    tree["brief"]["femal"] = tree["brief"].pop("female")
    tree["extended"]["items"]["waepon"] = tree["extended"]["items"].pop("weapon")
    tree["shared"] = {"copas_years": "12"}
    with pytest.raises(rb.TableError) as caught:
        rb.rsr.with_table(CoefficientTable.from_dict(content))
    message = str(caught.value)
    assert message == (
        "snsv-2014 does not fit its predictor; missing: brief.female, extended.items.weapon; "
        "unknown: brief.femal, extended.items.waepon, shared"
    )


def test_a_table_of_several_predictors_may_have_sections_that_one_does_not_read() -> None:
    content = edited("snsv-2014")
    content["predictor"] = ["snsv", "ogrs4g"]
    content["coefficients"]["ogrs4g"] = edited("ogrs4-2015")["coefficients"]["ogrs4g"]
    table = CoefficientTable.from_dict(content)
    assert [p.with_table(table).table for p in (rb.snsv, rb.ogrs4g)] == [table, table]


def test_a_misspelt_form_is_both_missing_and_unknown() -> None:
    content = edited("arp-2026")
    content["coefficients"]["extendd"] = content["coefficients"].pop("extended")
    with pytest.raises(rb.TableError) as caught:
        rb.arp.with_table(CoefficientTable.from_dict(content))
    missing, unknown = str(caught.value).split("unknown: ")
    assert "extended.female" in missing
    assert unknown == "extendd"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("1e400", "is too large"),
        ("-1e101", "is too large"),
        ("1e999999999999", "is too large"),
        ("1e-999999999999", "is too small"),
        ("1/0", "divided by 0"),
        (10**200, "is too large"),
    ],
)
def test_a_number_that_no_double_holds_is_refused(number: str | int, said: str) -> None:
    content = edited("ogrs3-2009")
    content["coefficients"]["copas"] = number
    with pytest.raises(rb.TableError, match=f"copas {said}|copas is not a number: it is {said}"):
        CoefficientTable.from_dict(content)


def test_zeros_are_numbers_however_they_are_written() -> None:
    for zero in ("0", "-0.000", "0e5", "0/3"):
        changed = rb.coefficient_tables["ogrs3-2009"].replace({"copas": zero})
        assert rb.ogrs3.with_table(changed).table.modified


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"brief.copas_years": "0"}, "copas_years must be more than 0"),
        ({"brief.violent_years": "-30"}, "violent_years must be more than 0"),
        ({"brief.age_male": []}, r"missing: brief.age_male \(a list of numbers\)"),
        ({"brief.intercept_2yr": "1000"}, "too large together"),
        ({"extended.intercept_1yr": "-1e90"}, "too large together"),
    ],
)
def test_numbers_that_would_give_no_score_or_a_wrong_one_are_refused(
    change: dict[str, Any], said: str
) -> None:
    with pytest.raises(rb.TableError, match=said):
        rb.snsv.with_table(rb.coefficient_tables["snsv-2014"].replace(change))


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("ovp-2009", {"male": "1000000000"}, "points of sex, age_at_follow_up are too large"),
        ("ovp-2009", {"male": "6000", "unemployed": "6000"}, "above 10000"),
        ("ovp-2009", {"slope": "100"}, "too large together"),
        ("ovp-2009", {"intercept_2yr": "-1000"}, "too large together"),
        ("osp-dc-iic-2025", {"osp_dc.zero_points_probability": "2"}, "between 0 and 1"),
        ("osp-dc-iic-2025", {"rsr.female_with_sexual_history_2yr": "-0.1"}, "between 0 and 1"),
    ],
)
def test_points_and_probabilities_that_cannot_be_are_refused(
    table: str, change: dict[str, str], said: str
) -> None:
    changed = rb.coefficient_tables[table].replace(change)
    with pytest.raises(rb.TableError, match=said):
        (rb.ovp if table == "ovp-2009" else rb.rsr).with_table(changed)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"18-20": "x"}, "is not a number"),
        ({"18-20": 0.5}, "must be a number written as text"),
        ({"18-20": True}, "must be a number written as text"),
        ({"18-20": "nan"}, "is not a number"),
        ({"18-20": "inf"}, "is not a number"),
        ({"18-20": "0x10"}, "is not a number"),
        ({"18-20": ""}, "is not a number"),
    ],
)
def test_what_is_no_number_is_refused(change: dict[str, Any], said: str) -> None:
    content = edited("ogrs3-2009")
    content["coefficients"]["age_male"] |= change
    with pytest.raises(rb.TableError, match=said) as caught:
        CoefficientTable.from_dict(content)
    assert "age_male.18-20" in str(caught.value)


@pytest.mark.parametrize(
    "ranges",
    [
        {"18-20": None, "18-21": "0"},  # 21 twice
        {"18-20": None, "18-19": "0"},  # 20 not at all
        {"18-20": None, "20-18": "0"},  # nothing
        {"18-20": None, "eighteen": "0"},
        {"50+": None, "50-108": "0"},
    ],
)
def test_ranges_must_cover_every_age_once(ranges: dict[str, str | None]) -> None:
    content = edited("ogrs3-2009")
    tree = content["coefficients"]["age_male"]
    for text, number in ranges.items():
        if number is None:
            del tree[text]
        else:
            tree[text] = number
    with pytest.raises(rb.TableError, match="age_male"):
        rb.ogrs3.with_table(CoefficientTable.from_dict(content))


@pytest.mark.parametrize("weight", ["1e9", "-1e9"])
def test_weights_that_no_probability_can_hold_are_refused(weight: str) -> None:
    with pytest.raises(rb.TableError, match="too large"):
        rb.ogrs3.with_table(rb.coefficient_tables["ogrs3-2009"].replace({"copas": weight}))


def test_points_must_be_whole_and_not_negative() -> None:
    ovp = rb.coefficient_tables["ovp-2009"]
    with pytest.raises(rb.TableError, match="whole"):
        rb.ovp.with_table(ovp.replace({"male": "4.5"}))
    with pytest.raises(rb.TableError, match="below 0"):
        rb.ovp.with_table(ovp.replace({"any_sanction": "-500"}))


def test_a_table_for_another_predictor_is_refused() -> None:
    with pytest.raises(rb.TableError, match="for ovp, not for ogrs3"):
        rb.ogrs3.with_table("ovp-2009")
    with pytest.raises(rb.TableError, match="components of rsr are snsv, osp_dc, osp_iic"):
        rb.rsr.with_table("arp-2026")


# Edited copies


def test_an_edited_copy_says_so_in_every_score(tmp_path: Path) -> None:
    original = rb.coefficient_tables["ogrs3-2009"]
    content = edited("ogrs3-2009")
    content["coefficients"]["copas"] = "1.3"
    for table in (load(content, tmp_path), original.replace({"copas": "1.3"})):
        assert table.id == "ogrs3-2009 (modified)"
        assert table.modified
        assert table.digest != original.digest
        assert table != original
        score = rb.ogrs3.with_table(table).score(rb.OASysAssessment.from_dict(CASE))
        assert score.table is table
        assert score.to_dict()["coefficient_table"] == {
            "id": "ogrs3-2009 (modified)",
            "digest": table.digest,
        }
        assert score.probability != rb.ogrs3.score(rb.OASysAssessment.from_dict(CASE)).probability
    assert table.replace({"copas": "1.4"}).id == "ogrs3-2009 (modified)"
    assert original.id == rb.ogrs3.table.id == "ogrs3-2009"


def test_replacing_what_is_not_there_is_refused_all_at_once() -> None:
    table = rb.coefficient_tables["ogrs3-2009"]
    with pytest.raises(rb.TableError) as caught:
        table.replace({"copsa": "1", "age_male.18-99": "1", "copas.deep": "1", "copas": "one"})
    for path in ("copsa is not in", "age_male.18-99 is not in", "copas.deep is not in"):
        assert path in str(caught.value)


def test_a_table_cannot_be_changed() -> None:
    table = rb.coefficient_tables["ogrs3-2009"]
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        table.id = "mine"  # type: ignore[misc]
    with pytest.raises(TypeError):
        table.coefficients["copas"] = "2"  # type: ignore[index]
    with pytest.raises(TypeError):
        rb.coefficient_tables["mine"] = table  # type: ignore[index]
    table.to_dict()["coefficients"]["copas"] = "2"
    assert rb.coefficient_tables["ogrs3-2009"].coefficients["copas"] == "1.251124464"


# Components


def test_rsr_takes_a_table_of_its_violent_part() -> None:
    case = rb.OASysAssessment.from_dict(CASE | {"offence_code": "10900"})
    old = rb.rsr.with_table("snsv-2014")
    score = old.score(case)
    assert score.components["snsv"].table.id == "snsv-2014"
    assert score.components["osp_dc"].table.id == "osp-dc-iic-2025"
    snsv = rb.snsv.with_table("snsv-2014").score(case)
    assert score.components["snsv"].probability == snsv.probability
    assert rb.rsr.score(case).components["snsv"].table.id == "snsv-hmpps-2025"


def test_ogp_takes_a_table_of_ogrs3() -> None:
    ogp = rb.ogp.with_table("ogrs3-hmpps-2025")
    assert [c.table.id for c in ogp.components] == ["ogrs3-hmpps-2025"]
    assert ogp.table.id == "ogp-2009"


def test_tables_of_a_cohort_hold_for_components_too() -> None:
    columns = {name: [value] for name, value in CASE.items()}
    found = rb.score_cohort(columns, ["rsr"], tables={"snsv": "snsv-2014"}, probabilities=True)
    alone = rb.rsr.with_table("snsv-2014").score(rb.OASysAssessment.from_dict(CASE))
    assert found["snsv_2yr_p"][0] == alone.components["snsv"].probability["2yr"]
    assert found["rsr_2yr"][0] == alone.percent["2yr"]


def test_two_versions_of_a_component_at_once_are_refused() -> None:
    columns = {name: [value] for name, value in CASE.items()}
    with pytest.raises(rb.TableError, match="two versions of snsv"):
        rb.score_cohort(columns, [rb.rsr, rb.snsv.with_table("snsv-2014")])


# Names


def test_unknown_names_suggest() -> None:
    with pytest.raises(rb.UnknownNameError, match=r"did you mean .*snsv-2014"):
        rb.snsv.with_table("snsv2014")
    with pytest.raises(rb.UnknownNameError, match=r"did you mean .*ogrs3-2009"):
        rb.coefficient_tables["ogrs-2009"]
    with pytest.raises(rb.UnknownNameError, match=r"did you mean .*ogrs3"):
        rb.score_cohort({}, ["ogrs-3"])
    with pytest.raises(rb.UnknownNameError, match="did you mean snsv"):
        rb.score_cohort({}, ["rsr"], tables={"snvs": "snsv-2014"})
    with pytest.raises(rb.UnknownNameError, match=r"did you mean .*rsr-2025"):
        rb.rsr.with_bands("rsr2025")
    with pytest.raises(rb.UnknownNameError, match="did you mean sanctions"):
        rb.OASysAssessment.from_dict({"sanction": 3})


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    with pytest.raises(rb.TableError, match=r"cannot read .*absent\.toml"):
        rb.load_table(tmp_path / "absent.toml")
    with pytest.raises(rb.TableError, match="cannot read"):
        rb.load_table(tmp_path)
    bad = tmp_path / "bad.toml"
    bad.write_text("id = ", encoding="utf-8")
    with pytest.raises(rb.TableError, match="is not TOML"):
        rb.load_table(bad)
    bad.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(rb.TableError, match="is not text in UTF-8"):
        rb.load_table(bad)
    bad.write_text('id = "x"\ntitel = "y"\nnotes = 3\n', encoding="utf-8")
    with pytest.raises(rb.TableError) as caught:
        rb.load_table(bad)
    for problem in (
        "unknown entry 'titel'", "predictor is missing", "title is missing", "source is missing",
        "coefficients is missing", "notes must be a list of texts",
    ):  # fmt: skip
        assert problem in str(caught.value)
