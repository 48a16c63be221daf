"""Built-in instruments, written to a file and loaded, give the same scores to the last bit."""

from __future__ import annotations

import pickle
from typing import Any

import attrs
import numpy as np
import pytest
from cases import untidy
from vectors import as_columns

import riskbands as rb
from riskbands.vocabulary.fields import youth_fields

#: Those that no file can hold, and why; docs/reference/instrument-files.md lists them.
NOT_WRITTEN = {
    "opd": "has no words for the list of violent and sexual offences",
    "pni": "read the percentages and bands of arp, vrp",
    "pni_api": "read the percentages and bands of arp, vrp",
    "yogrs": "has no public coefficients",
}
WRITTEN = tuple(ident for ident in rb.predictors.by_id if ident not in NOT_WRITTEN)
SUMS = ("rsr", "csrp")


def case_of(ident: str, seed: int) -> dict[str, Any]:
    """An untidy case: young men for the screening of maturity, children for Asset."""
    values: dict[str, Any] = untidy(seed)
    if ident == "mst" and seed % 3:
        values |= {"sex": "male", "date_of_birth": f"{1998 + seed % 5}-03-0{1 + seed % 9}",
                   "assessment_date": "2021-06-15"}  # fmt: skip
    if ident == "asset":
        rng = np.random.default_rng(seed)
        for name, f in youth_fields().items():
            if name.startswith("asset_") and rng.random() < 0.995:
                assert f.high is not None
                values[name] = int(rng.integers(0, f.high + 1 + (rng.random() < 0.01)))
    return values


def read_again(ident: str) -> tuple[rb.Predictor, rb.Predictor]:
    own = rb.predictors.by_id[ident]
    return own, rb.declare.read_instrument(own.to_toml(), f"{ident}.toml")


@pytest.mark.parametrize("ident", WRITTEN)
@pytest.mark.parametrize("form", ["auto", "brief", "extended"])
def test_the_same_scores_bit_for_bit(ident: str, form: Any) -> None:
    own, read = read_again(ident)
    assert (read.id, read.name, read.title, read.horizons, read.rule, read.bands) == (
        own.id, own.name, own.title, own.horizons, own.rule, own.bands,
    )  # fmt: skip
    assert (read.has_forms, read.reducible, read.may_not_apply) == (
        own.has_forms, own.reducible, own.may_not_apply,
    )  # fmt: skip
    if form != "auto" and not own.has_forms:
        return
    columns = as_columns(case_of(ident, n) for n in range(900 if form == "auto" else 300))
    options: Any = {"probabilities": True, "information": True, "form": form}
    first, second = (rb.score_cohort(columns, [p], **options) for p in (own, read))
    assert list(first) == list(second)
    for name in first:
        one, two = (getattr(c[name], "codes", c[name]) for c in (first, second))
        if one.dtype == object:
            assert one.tolist() == two.tolist(), name
        else:
            assert np.array_equal(one, two, equal_nan=True), name
    assert sum(text == "" for text in first[f"{ident}_issues"]) > 20


@pytest.mark.parametrize("ident", WRITTEN)
def test_the_same_case_and_explanation(ident: str) -> None:
    own, read = read_again(ident)
    explained = 0
    for seed in range(300):
        values = {k: v for k, v in case_of(ident, seed).items() if k in read.vocabulary.fields}
        one, two = (p.score(values, on_issue="return") for p in (own, read))
        for what in (
            "issues", "information", "applies", "probability", "percent", "points", "band",
            "reduced", "form", "cautions", "outputs",
        ):  # fmt: skip
            assert getattr(one, what) == getattr(two, what), what
        assert [s.percent for s in one.components.values()] == [
            s.percent for s in two.components.values()
        ]
        if one.ok:
            why = two.explain()
            assert one.explain() == attrs.evolve(why, results=())
            # and that of a file says what its results were made of
            told = {name: value for name, value, _ in why.results}
            for name, value in two.outputs.items() if two.applies else ():
                words = {True: "yes", False: "no", None: "none"}
                said = words[value] if value is None or isinstance(value, bool) else str(value)
                assert told[name] == said
            explained += 1
    assert explained > 10


@pytest.mark.parametrize("ident", WRITTEN)
def test_the_file_names_the_table_or_has_a_digest_of_its_own(ident: str) -> None:
    own, read = read_again(ident)
    if ident in (*SUMS, "mst", "lds"):
        assert read.table.id == f"{ident}-file"
        assert {t.id for t in own.tables} <= {t.id for t in read.tables} | {own.table.id}
    else:
        assert read.table == own.table
    assert pickle.loads(pickle.dumps(read)).table == read.table
    assert read.to_toml() == own.to_toml()


def test_another_rule_beside_a_built_in_table_has_another_digest() -> None:
    text = rb.snsv.to_toml()
    for old, new in (
        ("age_at_follow_up = [10, 109]", "age_at_follow_up = [10, 99]"),
        ('id = "snsv"', 'id = "snsw"'),
        ("violent_sanctions > sanctions", "violent_sanctions >= sanctions"),
    ):
        assert old in text
        other = text.replace(old, new)
        if 'id = "snsv"' in other:
            with pytest.raises(rb.TableError, match="snsv is a built-in instrument, and this is"):
                rb.declare.read_instrument(other)
        read = rb.declare.read_instrument(other.replace('id = "snsv"', 'id = "snsw"'))
        assert read.table.id == rb.snsv.table.id
        assert read.table.digest != rb.snsv.table.digest
    words = rb.declare.read_instrument(text.replace("Serious non-sexual", "Some other"))
    assert words.table == rb.snsv.table


@pytest.mark.parametrize(
    "mine",
    [
        rb.rsr.with_bands("rsr-calculator-2018"),
        rb.ogrs3.with_bands("pni-ogrs3-2024-12"),
        rb.rsr.with_bands(rb.band_table("rsr-2025").replace(labels=["a", "b", "c"])),
        rb.snsv.with_table("snsv-2014"),
    ],
    ids=lambda p: f"{p.id}-{p.bands and p.bands.id}",
)
def test_a_file_with_other_tables_has_the_id_and_names_the_tables(mine: rb.Predictor) -> None:
    read = rb.declare.read_instrument(mine.to_toml())
    assert (read.id, read.bands) == (mine.id, mine.bands)
    assert [t.id for t in read.tables][-1] == [t.id for t in mine.tables][-1]


def test_no_other_instrument_has_the_id_of_a_built_in_one() -> None:
    own = {
        "title": "x", "source": "x", "field": {"a": {"type": "yes/no"}},
        "score": {"link": "logistic", "horizons": ["2yr"], "intercept": {"2yr": "-2"},
                  "rounding": "hundredths_below_100", "bands": "rsr-2025",
                  "term": [{"of": "a", "weight": "1"}]},
    }  # fmt: skip
    for ident in rb.predictors.by_id:
        if ident != "rsr":
            own["score"].pop("bands", None)  # type: ignore[attr-defined]
        with pytest.raises(rb.TableError, match=f"id: {ident} is a built-in .*: give another id"):
            rb.declare.instrument({"id": ident, **own})
    part = {k: v for k, v in own.items() if k != "field"}
    whole = {"id": "osp", "title": "x", "source": "x", "field": own["field"],
             "component": {"dc": part}, "score": {"link": "sum", "of": ["dc"], "horizons": ["2yr"],
                                                  "rounding": "hundredths_below_100"}}  # fmt: skip
    with pytest.raises(rb.TableError, match=r"component.dc: osp_dc is a built-in .* another name"):
        rb.declare.instrument(whole)
    assert rb.declare.instrument(whole | {"id": "other"}).id == "other"


def test_a_sum_of_parts_with_other_numbers_is_not_written() -> None:
    table = rb.coefficient_tables["snsv-hmpps-2025"].replace({"brief.female": "0"})
    changed = rb.rsr.with_components(rb.snsv.with_table(table))
    with pytest.raises(rb.TableError, match="rsr has a part, snsv, that was changed"):
        changed.to_toml()


def test_an_assessment_is_scored_by_the_one_that_was_read() -> None:
    case = rb.OASysAssessment(
        sex="male", date_of_birth="1990-05-01", conviction_date="2023-06-01",
        assessment_date="2024-01-16", offence_code="00801", sanctions=4, first_sanction_age=17,
    )  # fmt: skip
    read = rb.declare.read_instrument(rb.ogrs3.to_toml())
    assert read.score(case).percent == rb.ogrs3.score(case).percent
    assert rb.score_cohort({"sex": ["male"]}, [read])["ogrs3_issues"][0].startswith("missing:")


@pytest.mark.parametrize("ident", NOT_WRITTEN)
def test_what_a_file_has_no_words_for_is_refused_plainly(ident: str) -> None:
    kind = rb.MissingTableError if ident == "yogrs" else rb.TableError
    with pytest.raises(kind, match=NOT_WRITTEN[ident]):
        rb.predictors.by_id[ident].to_toml()


def test_tools_without_numbers_have_digests_of_their_rules() -> None:
    tools = [rb.predictors.by_id[i] for i in ("mst", "lds", "opd", "pni", "pni_api")]
    assert len({p.table.digest for p in tools}) == len(tools)
    for p in tools:
        assert pickle.loads(pickle.dumps(p)).table.digest == p.table.digest
        said = rb.provenance(
            rb.score_cohort(
                {"sex": ["male"], "work_skills": [1], "supervision_status": ["custody"]}, [p]
            )
        )
        assert said[p.id]["digest"] == p.table.digest
    changed = rb.pni.with_components(rb.arp.with_table("arp-2026"))
    assert changed.table.digest == rb.pni.table.digest
    other = rb.coefficient_tables["arp-2026"].replace({"brief.first_sanction": "0"})
    assert rb.pni.with_components(rb.arp.with_table(other)).table.digest != rb.pni.table.digest
