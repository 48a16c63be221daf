"""600 requests to the HMPPS actuarial API of August 2026: the same scores, the same refusals."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from vectors import COUNTS, Allowance, Result, Row, alone, as_columns, judge, of_cohort, rows

import riskbands as rb

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PREDICTORS = ("arp", "vrp", "svrp", "dc_srp", "iic_srp", "csrp")
SEXUAL = ("dc_srp", "iic_srp")
COMPONENTS = {
    "SERIOUS_VIOLENT_REOFFENDING_PREDICTOR": "svrp",
    "DIRECT_CONTACT_SEXUAL_REOFFENDING_PREDICTOR": "dc_srp",
    "IMAGES_AND_INDIRECT_CONTACT_SEXUAL_REOFFENDING_PREDICTOR": "iic_srp",
}
MISSING = "MISSING_MANDATORY_INPUT"


@cache
def singly() -> dict[str, Sequence[Result]]:
    """Every row as a case of its own."""
    found: dict[str, list[Result]] = {p: [] for p in PREDICTORS}
    for row in rows("hmpps_2026"):
        case = rb.OASysAssessment.from_dict(row.input, on_issue="keep")
        for name in PREDICTORS:
            found[name].append(alone(getattr(rb, name).score(case, on_issue="return")))
    return dict(found)


@cache
def together() -> dict[str, Sequence[Result]]:
    """All rows as one cohort of columns."""
    listed = rows("hmpps_2026")
    columns: dict[str, Any] = rb.score_cohort(
        as_columns(row.input for row in listed), PREDICTORS, probabilities=True
    )
    return {p: [of_cohort(columns, p, i) for i in range(len(listed))] for p in PREDICTORS}


def _missing(row: Row, predictor: str) -> set[str] | None:
    """The fields, if all that the API misses is fields."""
    errors = row.errors(predictor)
    return errors[0][1] if [kind for kind, _ in errors] == [MISSING] else None


def _not_applicable(row: Row, predictor: str, result: Result) -> bool:
    """Facts: female, or without a history: not applicable, whatever is missing."""
    return (
        predictor in SEXUAL
        and _missing(row, predictor) is not None
        and row.not_a_case_for_osp
        and result.values["band"] == "not_applicable"
    )


def _conviction_stands_in(row: Row, predictor: str, result: Result) -> bool:
    """Facts: where follow_up_date is missing, conviction_date stands in."""
    return (
        predictor == "dc_srp"
        and _missing(row, predictor) == {"follow_up_date"}
        and not row.not_a_case_for_osp
        and row.input.get("conviction_date") is not None
    )


def _custody_does_not_matter(row: Row, predictor: str, result: Result) -> bool:
    """Facts: custody is one condition of the lower band; here another one fails anyhow."""
    missing = _missing(row, predictor)
    return (
        predictor == "dc_srp"
        and missing is not None
        and {"supervision_status"} <= missing <= {"supervision_status", "follow_up_date"}
        and not row.not_a_case_for_osp
        and (result.values["band"] == "Low" or not row.quiet())
        and result.values["reduced"] is False
    )


def _over_a_hundred(row: Row, predictor: str, result: Result) -> bool:
    """One woman of 105 whose ARP the API gives up on; facts: ages up to 109 are scored."""
    return (
        predictor == "arp"
        and row.errors(predictor) == [("UNEXPECTED_ERROR", set())]
        and (row.id, row.input["date_of_birth"]) == (1096, "1919-10-28")
    )


def _components_are_scored(row: Row, predictor: str, result: Result) -> bool:
    """Every component that the API refused is one that the library may score, see above.

    Of a woman the API also wants the counts for IIC-SRP, which does not apply to her.
    """
    if predictor != "csrp" or row.input.get("sexual_offence_history") is None:
        return False
    parts = {COMPONENTS[name] for _, names in row.errors("csrp") for name in names}
    return [kind for kind, _ in row.errors("csrp")] == ["COMPONENT_VALIDATION_ERROR"] and all(
        (part == "iic_srp" and row.input.get("sex") == "female" and part not in row.expect)
        or any(a.holds(row, part, _of(row, part)) for a in ALLOWANCES[:-1])
        for part in parts
    )


def _of(row: Row, predictor: str) -> Result:
    return singly()[predictor][rows("hmpps_2026").index(row)]


ALLOWANCES = (
    Allowance("it does not apply, whatever is missing", _not_applicable),
    Allowance("the conviction date stands in", _conviction_stands_in),
    Allowance("custody cannot lower the band", _custody_does_not_matter),
    Allowance("ages up to 109 are scored", _over_a_hundred),
    Allowance("the components may be scored", _components_are_scored),
)

#: How many rows each allowance lets through.
USED: dict[str, dict[str, int]] = {
    "arp": {"ages up to 109 are scored": 1},
    "dc_srp": {
        "it does not apply, whatever is missing": 51,
        "the conviction date stands in": 4,
        "custody cannot lower the band": 2,
    },
    "csrp": {"the components may be scored": 51},
}


def _need_not_name(row: Row, predictor: str, kind: str, result: Result) -> set[str]:
    """Fields of the API's error that the library does not name, each for a reason."""
    found: set[str] = set()
    if predictor in SEXUAL:
        if result.named and result.named <= {"sex", "sexual_offence_history"}:
            # Whether it applies is not known; what it would need then is not asked for yet.
            found |= {"date_of_birth", "sanctions", "supervision_status", "follow_up_date"}
            found |= COUNTS
        # Asked for only where it decides the band.
        found.add("supervision_status")
    # A value out of its own range is set aside, and compared with nothing.
    if ("out_of_range", ("first_sanction_age",)) in result.issues:
        found |= {"conviction_date"} & _beside(kind, "AGE_AT_FIRST_SANCTION", "conviction_date")
    if ("out_of_range", ("violent_sanctions",)) in result.issues:
        found |= _beside(kind, "VIOLENT_SANCTION", "sanctions")
    return found


def _beside(kind: str, start: str, field: str) -> set[str]:
    return {field} if kind.startswith(start) else set()


@pytest.mark.parametrize("results", [singly, together])
@pytest.mark.parametrize("predictor", PREDICTORS)
def test_every_row(predictor: str, results: Callable[[], dict[str, Sequence[Result]]]) -> None:
    used = judge(rows("hmpps_2026"), results(), predictor, ALLOWANCES, _need_not_name, COMPONENTS)
    assert used == Counter(USED.get(predictor, {}))
