"""The page of an instrument says of every term what its numbers multiply, and where they count."""

from __future__ import annotations

from typing import Any

import riskbands as rb
from riskbands.pages import page

WHEN = 'age < 25 and sex == "male"'
FIELDS: dict[str, Any] = {
    "sex": {"type": "choice", "choices": ["male", "female"]},
    "age": {"type": "count", "low": 10, "high": 99},
    "sanctions": {"type": "count", "low": 1, "high": 200},
    "years": {"type": "count", "low": 0, "high": 60},
    "drugs": {"type": "yes/no"},
    "item": {"type": "level"},
}


def of(**score: Any) -> str:
    data = {"id": "mine", "title": "made up", "source": "made up", "field": FIELDS, **score}
    return page(rb.declare.instrument(data))


def test_terms_of_a_regression_are_formulas() -> None:
    text = of(score={
        "link": "logistic", "horizons": ["2yr"], "rounding": "hundredths",
        "intercept": {"2yr": "-2.5"},
        "term": [
            {"of": "age", "kind": "polynomial", "weight": ["0.02", "-0.001"]},
            {"name": "log", "of": "sanctions", "kind": "log", "weight": "0.7"},
            {"name": "rate", "kind": "log_rate", "count": "sanctions", "years": "years",
             "offset": "10", "power": 2, "weight": "1.1"},
            {"name": "young", "of": "drugs", "weight": "0.4", "when": WHEN},
            {"name": "many", "weight": "0.3", "when": {"sanctions": "5+"}},
            {"name": "some", "weight": "0.2", "when": {"sanctions": "2-4", "years": "0-9"}},
            {"name": "first", "weight": "0.1", "when": {"sanctions": "1", "sex": "female"}},
            {"name": "clean", "weight": "0.1", "when": "not drugs"},
            {"of": "item", "scale": 2, "weight": "0.1"},
            {"of": "years", "weight": {"0-2": "0", "3+": "0.5"}},
            {"of": "sex", "weight": {"male": "0.1", "female": "0.2"}},
        ],
    })  # fmt: skip
    for row in (
        "| age | `age`, `age`² | 0.02, -0.001 |",
        "| log | ln(`sanctions`) | 0.7 |",
        "| rate | ln(`sanctions` / (`years` + 10))² | 1.1 |",
        f"| young | where `drugs` is yes and `{WHEN}` | 0.4 |",
        "| many | where `sanctions` is 5 or more | 0.3 |",
        "| some | where `sanctions` is 2 to 4 and `years` is 9 or less | 0.2 |",
        "| first | where `sanctions` is 1 and `sex` is female | 0.1 |",
        "| clean | where `drugs` is no | 0.1 |",
        "| item | `item` × 2 | 0.1 |",
        "| years | by range of `years` | 0-2: 0, 3+: 0.5 |",
        "| sex | by `sex` | male: 0.1, female: 0.2 |",
    ):
        assert row in text.splitlines()
    assert "mine_score_when" not in text


def test_terms_of_an_output_say_their_conditions() -> None:
    terms = [{"name": "young", "of": "drugs", "points": "4", "when": WHEN}]
    text = of(output=[{"name": "total", "about": "points", "term": terms}])
    escaped = WHEN.replace("<", "\\<")
    for row in (
        f"| young | drugs no, ({escaped}) any | 0 |",
        f"| young | drugs yes, ({escaped}) no | 0 |",
        f"| young | drugs yes, ({escaped}) yes | 4 |",
    ):
        assert row in text.splitlines()


def test_every_number_of_a_built_in_instrument_is_on_its_page() -> None:
    for p in rb.predictors:
        if p.has_table:
            text = page(p)
            for section in p.sections:
                assert section.table is not None
                for path, leaf in section.table.leaves():
                    name = path.split(".")[0]
                    if section.name in (None, name):
                        for number in [leaf] if isinstance(leaf, str) else leaf:
                            assert number.replace("_", "\\_") in text, (p.id, path)
