"""Every coefficient file holds exactly the numbers of its facts file, digit for digit.

The facts (one JSON per set, and predictors.md) lie beside a development checkout, not in it.
Each is laid out anew here, by hand-written rules, and compared with the TOML as a whole: a
number that was lost, added, moved or changed in one digit is a difference.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FILES = ROOT / "src" / "riskbands" / "data" / "coefficients"
FACTS = ROOT.parent / "shared" / "facts"

IDS = sorted(p.stem for p in FILES.glob("*.toml"))
#: Sets that have a facts file of their own; osp-dc-iic-2026 is stated as a change to 2025, and
#: Asset in a sentence of predictors.md.
STATED = [name for name in IDS if name not in {"osp-dc-iic-2026", "asset-points"}]
META = {
    "id", "predictor", "title", "source", "status", "licence", "notes", "departures",
}  # fmt: skip
OPTIONAL = {"precision", "retrieved"}

needs_facts = pytest.mark.skipif(
    not FACTS.is_dir(), reason="the facts files (../shared/facts) are not beside this checkout"
)


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FILES / f"{name}.toml").read_text(encoding="utf-8"))


def facts(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (FACTS / "coefficients" / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


def strings(value: Any) -> Any:
    """Whole numbers of the facts as the decimal strings the TOML has."""
    if isinstance(value, dict):
        return {key: strings(v) for key, v in value.items()}
    if isinstance(value, list):
        return [strings(v) for v in value]
    assert isinstance(value, (int, str))
    return str(value)


def steps(rows: list[dict[str, int]]) -> dict[str, str]:
    return {
        f"{r['from']}-{r['to']}" if "to" in r else f"{r['from']}+": str(r["points"]) for r in rows
    }


def counts(points: list[int]) -> dict[str, str]:
    last = len(points) - 1
    return {f"{i}+" if i == last else str(i): str(p) for i, p in enumerate(points)}


def stated_in_rules(pattern: str) -> str:
    """The number that predictors.md states, found by the sentence around it."""
    found = re.findall(pattern, (FACTS / "predictors.md").read_text(encoding="utf-8"))
    assert len(found) == 1, f"predictors.md no longer says {pattern!r} once"
    number: str = found[0]
    return number


def ogrs3(f: dict[str, Any]) -> dict[str, Any]:
    c = dict(f["coefficients"])
    bands = c.pop("age_bands")
    for sex in ("age_male", "age_female"):
        c[sex] = dict(zip(bands, c[sex], strict=True))
    c["copas_years"] = stated_in_rules(r"copas \* ln\(sanctions / \((\d+) \+ career_years\)\)")
    return c


def ogrs4(f: dict[str, Any]) -> dict[str, Any]:
    return {name: strings(f[name]) for name in ("ogrs4g", "ogrs4v")}


def snsv(f: dict[str, Any]) -> dict[str, Any]:
    years = {
        "copas_years": stated_in_rules(
            r"copas\[sex\] \* ln\(sanctions / \(career_years \+ (\d+)\)\)"
        ),
        "violent_years": stated_in_rules(r"ln\(violent_sanctions / \(career_years \+ (\d+)\)\)"),
    }
    return {form: f[form] | years for form in ("brief", "extended")}


def family_2026(f: dict[str, Any]) -> dict[str, Any]:
    return {form: strings(f[form]) for form in ("brief", "extended")}


def ogp(f: dict[str, Any]) -> dict[str, Any]:
    p = f["points"]
    assert p["no_fixed_abode"]["no"] == p["unemployed"]["no"] == 0
    return {
        "ogrs3_factor": p["ogrs3_2yr_percent"]["factor"],
        "no_fixed_abode": str(p["no_fixed_abode"]["yes"]),
        "unemployed": str(p["unemployed"]["yes"]),
        "activities_encourage_offending": strings(p["activities_encourage_offending"]),
        "drug_factor": p["drug_misuse_plus_drug_motivation"]["factor"],
        "thinking_factor": p["problem_solving_plus_awareness_plus_understands_others"]["factor"],
        "pro_criminal_attitudes": strings(p["pro_criminal_attitudes"]),
        **f["logistic"],
    }


def ovp(f: dict[str, Any]) -> dict[str, Any]:
    p = dict(f["points"])
    return {
        "alcohol_factor": p.pop("alcohol")["factor"],
        "violent_sanctions": counts(p.pop("violent_sanctions")),
        "non_violent_sanctions": steps(p.pop("non_violent_sanctions")),
        "age_at_follow_up": steps(p.pop("age_at_follow_up")),
        **strings(p),
        **f["logistic"],
    }


def osp_2018(f: dict[str, Any]) -> dict[str, Any]:
    p = dict(f["osp_c"]["points"])
    order = f["osp_i"]["hierarchy_first_match"]
    contact = {
        name: counts(p.pop(name))
        for name in ("contact_adult_sanctions", "contact_child_sanctions", "non_contact_sanctions")
    }
    ages = {name: steps(p.pop(name)) for name in ("age_at_last_sexual_offence", "age_at_follow_up")}
    images = {
        horizon: dict(zip(order, f["osp_i"][horizon], strict=True))
        for horizon in ("probability_1yr", "probability_2yr")
    }
    female = {"female_with_sexual_history_2yr": f["female_with_sexual_history_2yr"]}
    return {
        "osp_c": {**contact, **ages, **strings(p), **f["osp_c"]["logistic"]},
        "osp_i": images,
        "rsr": female,
    }


def osp_2025(f: dict[str, Any]) -> dict[str, Any]:
    p = dict(f["osp_dc"]["points"])
    order = f["osp_iic"]["hierarchy_first_match"]
    contact = {
        name: counts(p.pop(name))
        for name in ("contact_adult_sanctions", "contact_child_sanctions", "non_contact_sanctions")
    }
    p["two_or_more_sanctions"] = p.pop("two_or_more_sanctions_of_any_kind")
    assert p.pop("age_at_follow_up").startswith("14 - max(0, floor((age - 18) / 3))")
    of_age = {age: 0 if age >= 60 else 14 - max(0, (age - 18) // 3) for age in range(10, 110)}
    ages = [
        {"from": min(same), "points": points} | ({"to": max(same)} if points else {})
        for points in range(14, -1, -1)
        if (same := [age for age, given in of_age.items() if given == points])
    ]
    return {
        "osp_dc": {
            **contact,
            "age_at_last_sexual_offence": steps(p.pop("age_at_last_sexual_offence")),
            "age_at_follow_up": steps(ages),
            **strings(p),
            **f["osp_dc"]["logistic"],
            "zero_points_probability": stated_in_rules(r"0 points gives p = (\d)\."),
        },
        "osp_iic": {
            "probability_2yr": dict(zip(order, f["osp_iic"]["probability_2yr"], strict=True)),
            "band": {
                name: band.capitalize()
                for name, band in zip(order, f["osp_iic"]["band"], strict=True)
            },
        },
        "rsr": {"female_with_sexual_history_2yr": f["female_with_sexual_history_2yr"]},
    }


LAYOUT = {
    "arp-2026": family_2026,
    "ogp-2009": ogp,
    "ogrs3-2009": ogrs3,
    "ogrs3-hmpps-2025": ogrs3,
    "ogrs4-2015": ogrs4,
    "osp-2018": osp_2018,
    "osp-dc-iic-2025": osp_2025,
    "ovp-2009": ovp,
    "snsv-2014": snsv,
    "snsv-hmpps-2025": snsv,
    "svrp-2026": family_2026,
    "vrp-2026": family_2026,
}


@needs_facts
def test_every_facts_file_has_its_toml() -> None:
    assert sorted(p.stem for p in (FACTS / "coefficients").glob("*.json")) == STATED
    assert set(STATED) == set(LAYOUT)


#: What the facts say too broadly, as our files have it: one of the transcriptions has the same
#: numbers with the labels of two offence groups swapped.
OVERSTATED = {
    "two further independent transcriptions agree on every value.": (
        "two further independent transcriptions have the same numbers. The calculator has two "
        "labels swapped (see departures)."
    ),
    "The printed table itself was not seen; three transcriptions agree.": (
        "The printed table itself was not seen; three transcriptions agree on every number."
    ),
    # later facts: a table of these points was found in public code
    "No confirmed band table for OSP/C points: none is shipped, the user supplies one.": (
        "No band table is confirmed for OSP/C as rolled out, so it has none by default. "
        "osp-c-points-2017 bands these points as public code did from March 2017 to August 2018."
    ),
}


def said(text: str) -> str:
    for theirs, ours in OVERSTATED.items():
        text = text.replace(theirs, ours)
    return text


@needs_facts
@pytest.mark.parametrize("name", STATED)
def test_every_number_of_the_facts_and_no_other(name: str) -> None:
    assert toml(name)["coefficients"] == LAYOUT[name](facts(name))


@needs_facts
@pytest.mark.parametrize("name", STATED)
def test_title_source_status_and_predictors_are_those_of_the_facts(name: str) -> None:
    ours, theirs = toml(name), facts(name)
    assert {key: ours[key] for key in ("id", "title", "source", "status")} == {
        key: said(theirs[key]) for key in ("id", "title", "source", "status")
    }
    assert ours["predictor"] == theirs["predictor"].partition(" (")[0].split(", ")


@needs_facts
@pytest.mark.parametrize("name", STATED)
def test_no_note_of_the_facts_is_lost(name: str) -> None:
    ours = toml(name)
    kept = " ".join(ours["notes"] + ours["departures"]).replace(
        "extended offence", "dynamic offence"
    )
    for note in facts(name)["notes"]:
        assert OVERSTATED.get(note, note) in kept


def hierarchy(section: dict[str, Any]) -> list[list[str]]:
    return [list(table) for table in section.values()]


@needs_facts
def test_categories_stand_in_the_order_of_the_hierarchy() -> None:
    first, second = facts("osp-2018"), facts("osp-dc-iic-2025")
    assert (
        hierarchy(toml("osp-2018")["coefficients"]["osp_i"])
        == [first["osp_i"]["hierarchy_first_match"]] * 2
    )
    for name, section in (("osp-dc-iic-2025", "osp_iic"), ("osp-dc-iic-2026", "iic_srp")):
        assert (
            hierarchy(toml(name)["coefficients"][section])
            == [second["osp_iic"]["hierarchy_first_match"]] * 2
        )


def test_the_2026_names_carry_the_2025_numbers_but_for_no_sexual_sanction() -> None:
    before, after = (toml(f"osp-dc-iic-{year}")["coefficients"] for year in (2025, 2026))
    assert after["dc_srp"] == before["osp_dc"]
    assert after["csrp"] == before["rsr"]
    expected = dict(before["osp_iic"])
    expected["probability_2yr"] = expected["probability_2yr"] | {"no_sexual_sanction": "0"}
    expected["band"] = expected["band"] | {"no_sexual_sanction": "Not applicable"}
    assert after["iic_srp"] == expected
    assert set(after) == {"dc_srp", "iic_srp", "csrp"}


@needs_facts
def test_asset_weights_nothing_and_adds_up_to_the_total_that_is_stated() -> None:
    assert toml("asset-points")["coefficients"] == {"per_point": "1"}
    sections, most, static, total = (
        int(stated_in_rules(rf"Asset \(before AssetPlus\): {pattern}"))
        for pattern in (
            r"(\d+) dynamic sections scored",
            r"\d+ dynamic sections scored 0-(\d+)",
            r".*static factors up to (\d+)",
            r".*total 0-(\d+)",
        )
    )
    assert sections * most + static == total


@pytest.mark.parametrize("name", IDS)
def test_the_head_of_a_file_is_complete(name: str) -> None:
    head = toml(name)
    assert head.pop("coefficients")
    assert head["id"] == name
    assert set(head) - OPTIONAL == META
    assert head["status"] in {"published", "deployed", "superseded"}
    assert isinstance(head["predictor"], list)
    assert head["predictor"]


@pytest.mark.parametrize("name", IDS)
def test_every_number_is_a_plain_decimal_or_a_fraction_in_a_string(name: str) -> None:
    def leaves(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [leaf for key, v in value.items() if key != "band" for leaf in leaves(v)]
        return list(value) if isinstance(value, list) else [value]

    for leaf in leaves(toml(name)["coefficients"]):
        assert isinstance(leaf, str)
        assert re.fullmatch(r"-?\d+(\.\d+)?|\d+/\d+", leaf)
