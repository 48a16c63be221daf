"""A band table is for some scores: the same number of another score can mean another band.

And a table that was edited is another table, whatever it is called.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.assessments._levels import as_level
from riskbands.bands.builtin import as_bands, band_tables
from riskbands.bands.table import BandTable
from riskbands.errors import BandError
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from pathlib import Path

CASE = {
    "sex": "male",
    "age_at_conviction": 30,
    "age_at_follow_up": 31,
    "offence_code": "00801",
    "sanctions": 4,
    "offence_free_months": 3,
    "first_sanction_age": 17,
    "violent_sanctions": 1,
    "sexual_offence_history": False,
    "supervision_status": "community",
}
COLUMNS = {name: [value] * 3 for name, value in CASE.items()}
EDITED = (
    rb.band_table("rsr-2025").to_toml().replace("[0, 3)", "[0, 5)").replace("[3, 6.9)", "[5, 6.9)")
)
OWN = rb.BandTable.from_edges("ours", ["Lower", "Higher"], [0, 40, 100])


def case() -> rb.OASysAssessment:
    return rb.OASysAssessment.from_dict(CASE)


# -- the content, not the id -----------------------------------------------------------------------


def test_an_edited_table_says_so_wherever_it_comes_from(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(EDITED, encoding="utf-8")
    edited = rb.BandTable.from_file(path)
    assert edited.id == "rsr-2025 (modified)"
    for other in (
        rb.BandTable.from_toml(EDITED),
        rb.BandTable.from_json(json.dumps(edited.to_dict() | {"id": "rsr-2025"})),
        as_bands(str(path)),
        rb.rsr.with_bands(path).bands,
    ):
        assert other is not None
        assert (other.id, other.digest) == (edited.id, edited.digest)
    made = rb.BandTable(id="rsr-2025", labels=["Low", "High"], intervals=["[0, 50)", "[50, 100)"])
    assert rb.rsr.with_bands(made).bands.id == "rsr-2025 (modified)"  # type: ignore[union-attr]
    assert rb.band_table("rsr-2025").replace(id="rsr-2025", below="none").id == edited.id


def test_a_copy_with_the_same_content_keeps_its_id() -> None:
    for table in band_tables.values():
        again = rb.BandTable.from_toml(table.to_toml())
        assert (again.id, again.digest) == (table.id, table.digest)
    told = rb.band_table("rsr-2025").to_toml().replace("RSR, 2025", "Another title")
    assert rb.BandTable.from_toml(told).id == "rsr-2025"


def test_results_say_which_table_banded_them() -> None:
    edited = rb.rsr.with_bands(rb.BandTable.from_toml(EDITED))
    plain, changed = rb.rsr.score(case()).to_dict(), edited.score(case()).to_dict()
    table = rb.band_table("rsr-2025")
    assert plain["band_table"] == {"id": "rsr-2025", "digest": table.digest}
    assert changed["band_table"]["id"] == "rsr-2025 (modified)"
    assert "rsr-2025 (modified)>" in repr(edited.score(case()))
    assert "(modified)" not in repr(rb.rsr.score(case()))
    assert ">rsr-2025 (modified)</td>" in edited.score(case())._repr_html_()
    assert changed["band_table"]["digest"] != table.digest
    scored = rb.score_cohort(COLUMNS, ["rsr"], bands={"rsr": rb.BandTable.from_toml(EDITED)})
    assert scored["rsr_band"].scale.id == "rsr-2025 (modified)"


def test_bands_of_an_edited_table_do_not_compare() -> None:
    built_in = rb.band_table("rsr-2025")
    edited = rb.BandTable(
        id="rsr-2025",
        labels=built_in.labels,
        intervals=["[0, 5)", "[5, 6.9)", "[6.9, inf)"],
        rounding=built_in.rounding,
    )
    assert edited.band("Low") != built_in.band("Low")
    with pytest.raises(BandError, match="same id and other content"):
        _ = edited.band("Low") < built_in.band("High")
    one, two = built_in.classify([1.0, 4.0]), edited.classify([1.0, 4.0])
    with pytest.raises(BandError, match="which has other content"):
        _ = one == two
    with pytest.raises(BandError, match="cannot be compared"):
        _ = one > edited.band("Low")
    assert not one.equals(two)
    with pytest.raises(BandError):
        rb.BandArray.from_labels([edited.band("Low")], built_in)
    with pytest.raises(rb.InputError, match="different scales"):
        rb.overrides({"computed": one, "final": two})


# -- what a table is for ---------------------------------------------------------------------------


def test_every_built_in_table_says_what_it_is_for() -> None:
    for table in band_tables.values():
        assert table.applies_to
        for ident in table.applies_to:
            assert ident in by_id or ident.startswith(("oasys-", "san-"))


def test_each_predictor_is_among_those_its_own_table_is_for() -> None:
    for predictor in by_id.values():
        if isinstance(predictor.bands, rb.BandTable):
            assert predictor.id in predictor.bands.applies_to


def test_a_table_of_another_score_is_refused() -> None:
    for refuse in (
        lambda: rb.rsr.with_bands("arp-2026"),
        lambda: rb.score_cohort(COLUMNS, ["rsr"], bands={"rsr": "arp-2026"}),
        lambda: rb.csrp.with_bands(rb.band_table("rsr-2025")),
        lambda: rb.dc_srp.with_bands("osp-c-points-2017"),
    ):
        with pytest.raises(rb.TableError, match=r"bands .*, not \w+: the same number"):
            refuse()
    # no flag turns points into a percentage
    with pytest.raises(rb.TableError, match="bands points, and rsr has none"):
        rb.rsr.with_bands("osp-dc-points", any_score=True)


def test_who_wants_it_all_the_same_says_so_and_so_do_the_results() -> None:
    mine = rb.rsr.with_bands("arp-2026", any_score=True)
    assert isinstance(mine.bands, BandTable)
    assert mine.bands.id == "arp-2026 (any score)"
    score = mine.score(case())
    assert score.to_dict()["band_table"]["id"] == "arp-2026 (any score)"
    scored = rb.score_cohort(COLUMNS, ["rsr"], bands={"rsr": "arp-2026"}, any_score=True)
    assert scored["rsr_band"].scale.id == "arp-2026 (any score)"
    assert scored["rsr_band"].equals(mine.bands.classify(np.ma.getdata(scored["rsr_2yr"])))
    # its bands are not those of an ARP
    with pytest.raises(BandError):
        _ = scored["rsr_band"] == rb.band_table("arp-2026").band("Low")
    again = rb.csrp.with_bands(mine.bands, any_score=True).bands
    assert isinstance(again, BandTable)
    assert (again.id, again.applies_to) == ("arp-2026 (any score)", ("csrp",))


def test_where_the_table_fits_the_flag_changes_nothing() -> None:
    assert rb.rsr.with_bands("rsr-2025", any_score=True).bands == rb.band_table("rsr-2025")


def test_an_own_table_is_held_to_what_it_says() -> None:
    assert rb.ogrs3.with_bands(OWN).bands == OWN
    assert rb.rsr.with_bands(OWN).bands == OWN
    said = OWN.replace(id="ours", applies_to=["ogrs3"])
    assert rb.ogrs3.with_bands(said).bands == said
    with pytest.raises(rb.TableError, match="ours bands ogrs3, not rsr"):
        rb.rsr.with_bands(said)
    assert rb.BandTable.from_toml(said.to_toml()).applies_to == ("ogrs3",)


@pytest.mark.parametrize("ids", [[""], ["a\n"], [1], ["rsr", "rsr"]])
def test_what_it_is_for_is_said_in_ids(ids: Any) -> None:
    with pytest.raises(rb.TableError, match="applies_to"):
        OWN.replace(applies_to=ids)


def test_two_versions_of_a_predictor_in_one_call_are_refused() -> None:
    with pytest.raises(rb.TableError, match=r"two versions of rsr .* band its percentages"):
        rb.score_cohort(COLUMNS, ["rsr", rb.rsr.with_bands("rsr-parole-2018")])
    with pytest.raises(rb.TableError, match=r"band tables rsr-2025 and rsr-2025 \(mod"):
        rb.score_cohort(COLUMNS, ["rsr", rb.rsr.with_bands(rb.BandTable.from_toml(EDITED))])
    same = rb.score_cohort(COLUMNS, ["rsr", rb.rsr.with_bands("rsr-2025")])
    assert [name for name in same if name == "rsr_band"] == ["rsr_band"]


def test_a_table_with_edges_bands_the_percentage_of_an_instrument_of_categories() -> None:
    """Its category gives OSP/IIC a name; a caller's table goes by the percentage instead."""
    told = {
        "sexual_offence_history": True,
        "current_offence_sexually_motivated": True,
        "contact_adult_sanctions": 0,
        "contact_child_sanctions": 1,
        "image_sanctions": 0,
        "non_contact_sanctions": 0,
    }
    person = rb.OASysAssessment.from_dict(CASE | told)
    own = rb.BandTable.from_edges("mine", ["Low", "Medium", "High"], ["0", "0.1", "0.2", "100"])
    assert rb.osp_iic.score(person).band == "Low"
    score = rb.osp_iic.with_bands(own).score(person)
    assert (score.percent["2yr"], str(score.band)) == (0.63, "High")
    scored = rb.score_cohort(
        {k: [v] for k, v in (CASE | told).items()}, ["osp_iic"], bands={"osp_iic": own}
    )
    assert (scored["osp_iic_band"] == "High").all()


@given(st.sampled_from(sorted(band_tables)), st.data())
def test_any_change_that_decides_a_band_is_told(name: str, data: st.DataObject) -> None:
    table = band_tables[name]
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"labels": [f"{label}'" for label in table.labels]},
                {"below": "clamp"},
                {"above": "clamp"},
                {"missing": "raise"},
                {"applies_to": [*table.applies_to, "another"]},
                {"rounding": rb.Rounding(5)},
                {"unit": "points" if table.unit is rb.Unit.PERCENT else "percent"},
            ]
        )
    )
    text = rb.BandTable.from_dict(table.to_dict()).replace(id="x", **change).to_toml()
    edited = rb.BandTable.from_toml(text.replace('id = "x"', f'id = "{name}"', 1))
    assert edited.id == f"{name} (modified)"
    assert edited.digest != table.digest
    assert edited.band(0) != table.band(0)


# -- points are whole ------------------------------------------------------------------------------


@pytest.mark.parametrize("points", [5.31, 21.5, np.float64(0.1), -0.5])
def test_points_that_are_no_whole_number_are_refused(points: float) -> None:
    table = rb.band_table("osp-dc-points")
    with pytest.raises(rb.InputError):
        table.classify(points)
    with pytest.raises(rb.InputError):
        table.classify([3, points])
    assert table.classify(points, refused="missing") is None
    assert table.codes(np.array([3.0, points]), refused="missing").tolist() == [0, -1]


def test_the_refusal_says_why_and_not_which_value() -> None:
    with pytest.raises(rb.InputError, match="row 1, counted from 0, is no whole number") as refusal:
        rb.band_table("asset-2009").classify(np.array([3.0, 5.31]))
    assert refusal.value.code == "not_whole"
    assert "5.31" not in str(refusal.value)


def test_a_table_in_points_that_rounds_takes_them() -> None:
    rows = ["[0, 15)", "[15, 33)", "[33, 64]"]
    whole = rb.Rounding(0)
    mean = rb.band_table("asset-2009").replace(intervals=rows, gaps=(), rounding=whole)
    assert mean.classify(14.4) == "Low"
    assert mean.classify(14.5) == "Medium"


# -- a level by its spelling -----------------------------------------------------------------------


def test_an_exact_label_comes_first_and_a_spelling_that_fits_two_is_refused() -> None:
    scale = rb.BandScale("odd", ("Low", "low", "LOW", "High", "Very High"))
    for label in scale.labels:
        assert scale.spelt(label).label == label
    with pytest.raises(BandError, match="3 bands that differ in case"):
        scale.spelt("lOw")
    assert scale.spelt("very_high") == "Very High"
    assert scale.spelt(" HIGH ") == "High"
    assert as_level(scale, "LOW").label == "LOW"  # type: ignore[union-attr]
    for word in ("None", "nan", ""):
        with pytest.raises(rb.UnknownNameError):
            scale.spelt(word)


# -- ids where tables are meant --------------------------------------------------------------------


def test_compare_impact_and_overrides_take_ids() -> None:
    tables = rb.band_table("rsr-2025"), rb.band_table("csrp-2026")
    assert rb.compare("rsr-2025", "csrp-2026") == rb.compare(*tables)
    assert rb.impact("rsr-2025", "csrp-2026", [3.5]) == rb.impact(*tables, [3.5])
    with pytest.raises(rb.UnknownNameError, match="did you mean csrp-2026"):
        rb.compare("rsr-2025", "csrp-2025")
    labels = {"computed": ["Low", "High"], "final": ["Low", "Medium"]}
    assert rb.overrides(labels, scale="ogrs3-2yr").scale.labels[-1] == "Very High"


def test_comparisons_and_impacts_show_themselves() -> None:
    shown = rb.compare("rsr-2025", "csrp-2026")._repr_html_()
    assert '<th scope="row">[6.9, 100]</th><td>High</td><td>Very High</td>' in shown
    assert "same label" in rb.compare("rsr-2025", "rsr-2025")._repr_html_()
    moved = rb.impact("rsr-2025", "csrp-2026", [0.4, 3.5, 6.9])._repr_html_()
    assert '<th scope="row">High</th><td>Very High</td><td>1</td>' in moved
    assert "2 of 3 move." in moved
    assert (
        '<th scope="row">2</th><td>High</td>' in rb.BandScale("s", ("a", "b", "High"))._repr_html_()
    )
    assert str(rb.band_table("asset-2009")).splitlines()[1:3] == [
        "  Low      [0, 14]",
        "  Medium   [15, 32]",
    ]


def test_an_edited_copy_that_no_longer_says_what_it_is_for_is_for_the_same(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(EDITED.replace('applies_to = ["rsr"]\n', ""), encoding="utf-8")
    assert rb.BandTable.from_file(path).applies_to == ()
    bands = rb.rsr.with_bands(path).bands
    assert bands is not None
    assert bands.id == "rsr-2025 (modified)"
    with pytest.raises(rb.TableError, match="bands rsr, not arp"):
        rb.arp.with_bands(path)
    bands = rb.arp.with_bands(path, any_score=True).bands
    assert bands is not None
    assert bands.id == "rsr-2025 (modified) (any score)"
