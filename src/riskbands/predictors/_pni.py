"""PNI, the programme needs identifier: which programme intensity need and risk suggest.

`pni` follows the rule of OASys itself, which asks whether an answer that is missing could change
the result. `pni_api` follows the HMPPS actuarial API of December 2025 and August 2026. They agree
where nothing is missing, but for people on remand, whom the API gives a lower pathway. Both are
given the predictors they read; the API works those out too late (docs/predictors/screening.md).

Sources: ministryofjustice/oasys-cypress-test, commit 884260a3 (2026-02-25), and
ministryofjustice/hmpps-arns-risk-actuarial-api, commits e28654b and 016919c.
"""

from __future__ import annotations

from typing import Final

from riskbands.arithmetic.percent import Percent
from riskbands.instruments.caution import Caution
from riskbands.instruments.panel import Panel, Reading
from riskbands.instruments.results import Result
from riskbands.predictors._combined import csrp
from riskbands.predictors._osp import dc_srp, iic_srp
from riskbands.predictors._pni_domains import DOMAINS, shared_features
from riskbands.predictors._pni_rules import LEVELS, PATHWAYS, api_rules, oasys_rules
from riskbands.predictors._reoffending_2026 import arp, vrp
from riskbands.predictors._screening import cited
from riskbands.predictors.cautions import UNVALIDATED
from riskbands.vocabulary.feature import SAME, Feature, Source
from riskbands.vocabulary.vocabulary import built_in

__all__ = ["pni", "pni_api"]

READS: Final = (
    Reading(feature="pni_general", predictor=arp, horizon="2yr"),
    Reading(feature="pni_violent", predictor=vrp, horizon="2yr"),
    Reading(feature="pni_dc", predictor=dc_srp),
    Reading(feature="pni_iic", predictor=iic_srp),
    Reading(feature="pni_serious", predictor=csrp, horizon="2yr"),
)


def _category(name: str, feature: str, labels: tuple[str, ...], about: str) -> Result:
    return Result(
        name=name, kind="category", inputs=(feature,), rule=SAME, labels=labels, about=about
    )


_RESULTS = (
    _category("pathway", "pni_pathway", PATHWAYS, "omission: too much is missing to tell"),
    _category("need", "pni_need_told", LEVELS, "none where it cannot be told"),
    _category("projected_need", "pni_projected_level", LEVELS, "what is missing counted as 2"),
    _category("risk", "pni_risk", LEVELS, "predictors that are unknown count as not met"),
    _category("projected_risk", "pni_projected_risk", LEVELS, "what is missing counted as high"),
    *(
        Result(
            name=f"domain_{d}",
            kind="number",
            inputs=(f"pni_domain_{d}",),
            rule=SAME,
            about="0 to 2",
        )
        for d in DOMAINS
    ),
    Result(
        name="missing", kind="number", inputs=("pni_missing",), rule=SAME,
        about="need items that are missing",
    ),
)  # fmt: skip
_TOLD = Feature(
    "pni_need_told",
    (Source(("pni_need",), SAME, when=SAME <= 2),),
    low=0,
    high=2,
    categories=LEVELS,
    meaning="level of need, where it can be told",
)
_PROGRAMME = Caution(
    "programmes",
    "The result says which intensity of accredited programme need and risk suggest. It does not "
    "say whether a programme is suitable, available or accepted.",
    source="docs/predictors/screening.md",
)


def _panel(ident: str, name: str, title: str, source: str, rules: tuple[Feature, ...]) -> Panel:
    return Panel(
        id=ident,
        name=name,
        title=title,
        rule=Percent.WHOLE,
        vocabulary=built_in().extended(features=(*shared_features(), *rules, _TOLD)),
        table=cited(f"{ident}-2026", ident, title, source),
        cautions=(_PROGRAMME, UNVALIDATED),
        by_name_only=True,
        required=("supervision_status",),
        reads=READS,
        sums={"need": tuple(f"pni_domain_{d}" for d in DOMAINS)},
        results=_RESULTS,
    )


pni = _panel(
    "pni",
    "PNI",
    "Programme needs identifier, by the rule of OASys",
    "ministryofjustice/oasys-cypress-test, commit 884260a3 (2026-02-25), "
    "cypress/support/restApi/v4/pni.ts",
    oasys_rules(),
)
pni_api = _panel(
    "pni_api",
    "PNI (API)",
    "Programme needs identifier, by the rule of the HMPPS actuarial API",
    "ministryofjustice/hmpps-arns-risk-actuarial-api, commits e28654b (2025-12-15) and 016919c "
    "(2026-08-04)",
    api_rules(),
)
