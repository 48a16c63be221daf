"""Instruments of one's own of every kind, and rows for them in the types that a database has."""

from __future__ import annotations

import datetime as dt
import random
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import riskbands as rb
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from sqlrows import Columns

FOLDER = Path(__file__).parents[1] / "examples" / "instruments"
FIELDS: dict[str, Any] = {
    "a": {"type": "count", "low": 0, "high": 50},
    "b": {"type": "count", "low": 0, "high": 20},
    "yes": {"type": "yes/no"},
    "kind": {"type": "choice", "choices": ["red", "green", "blue"]},
}
POINTS = [{"of": "a", "points": {"0-9": -4, "10+": 2}}, {"of": "yes", "points": 3}]
WEIGHTS = [
    {"of": "a", "weight": "0.05"},
    {"of": "yes", "weight": "-0.3"},
    {"of": "b", "by": "kind", "weight": {"red": "0.2", "green": "0", "blue": "-0.125"}},
]
BANDS = {"Low": 0, "Medium": 20, "High": 55}
#: What only some people have, and what is asked of all of them.
LIMITED = {"applies": "kind != 'blue'", "required": ["b"]}
TABLE = {
    "link": "points_table", "horizons": "1yr", "rounding": "hundredths", "term": POINTS,
    "bands": {"Low": 0, "High": 20},
    "probability": {"1yr": {"-4--1": "0.1", "2": "0.155", "5": "0.7", "0-1": "0.2", "3-4": "0.3"}},
}  # fmt: skip
#: A part of a sum.
HALF = {
    "title": "half",
    "score": {
        "link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": "-1",
        "term": WEIGHTS[:2],
    },
}  # fmt: skip
MADE: dict[str, dict[str, Any]] = {
    "points": {
        "applies": "a > 3",
        "score": {"link": "points", "term": POINTS, "bands": {"Low": -4, "High": 2}},
    },
    "table": {"applies": "a > 3", "score": TABLE},
    "table by category": {
        **LIMITED,
        "score": {
            "link": "points_table", "horizons": ["1yr", "2yr"], "rounding": "hundredths",
            "by": "kind", "term": POINTS, "bands": BANDS, "reduction": ["yes", "b > 3"],
            "probability": {
                h: {
                    "red": {"-4--1": low, "0-5": "0.3"},
                    "green": {"-4-1": "0.155", "2-5": "0.6"},
                    "blue": {"-4-5": "0.99995"},
                }
                for h, low in (("1yr", "0.1"), ("2yr", "0.25"))
            },
        },
    },
    "logistic": {
        "score": {
            "link": "logistic", "horizons": "1yr", "rounding": "whole", "intercept": "-1",
            "term": WEIGHTS,
        },
    },
    "logistic of some": {
        **LIMITED,
        "score": {
            "link": "logistic", "horizons": ["1yr", "2yr"], "rounding": "whole_after_five",
            "intercept": {"1yr": "-1", "2yr": "-0.2"}, "term": WEIGHTS, "bands": BANDS,
            "reduction": ["yes", "b > 3"],
        },
    },
    "survival of some": {
        **LIMITED,
        "score": {
            "link": "survival", "horizons": ["1yr", "5yr"], "rounding": "hundredths_below_100",
            "baseline_survival": {"1yr": "0.98", "5yr": "0.6"}, "centre": "0.75",
            "term": WEIGHTS, "bands": BANDS, "reduction": ["yes", "b > 3"],
        },
    },
    "survival in whole percents": {
        "score": {
            "link": "survival", "horizons": "2yr", "rounding": "whole",
            "baseline_survival": "0.9", "term": WEIGHTS, "bands": BANDS,
        },
    },
    "two forms": {
        "score": {
            "link": "logistic", "horizons": "1yr", "rounding": "whole", "bands": BANDS,
            "brief": {"intercept": "-1", "term": WEIGHTS[:1]},
            "extended": {"intercept": "-2", "term": WEIGHTS},
        },
    },
    "two forms of some": {
        "applies": "a > 3",
        "score": {
            "link": "survival", "horizons": ["1yr", "5yr"], "rounding": "hundredths",
            "bands": BANDS,
            "brief": {
                "baseline_survival": {"1yr": "0.97", "5yr": "0.7"}, "centre": "0.5",
                "term": WEIGHTS[:1],
            },
            "extended": {
                "baseline_survival": {"1yr": "0.98", "5yr": "0.6"}, "centre": "0.75",
                "term": WEIGHTS,
            },
        },
    },
    "category": {
        "applies": "a > 3",
        "score": {
            "link": "category", "of": "yes", "horizons": "1yr", "rounding": "hundredths",
            "probability": {"1yr": {"no": "0.1", "yes": "0.255"}}, "bands": ["Low", "High"],
            "band": {"no": "Low", "yes": "High"},
        },
    },
    "sum": {
        "applies": "a > 3",
        "component": {"half": HALF, "other": {"title": "o", "score": TABLE}},
        "score": {
            "link": "sum", "of": ["half", "other"], "horizons": "1yr",
            "rounding": "hundredths_below_100",
            "add": [{"when": "a > 20", "probability": "0.0123"}], "bands": {"Low": 0, "High": 50},
            "reduction": ["yes"],
        },
    },
    "sum in whole percents": {
        "applies": "a > 3",
        "component": {"half": HALF},
        "score": {
            "link": "sum", "of": ["half"], "horizons": "1yr", "rounding": "whole",
            "add": [{"of": "yes", "probability": "0.95"}],
        },
    },
}  # fmt: skip
EXAMPLES = ("pier", "pretrial", "two-sexes", "survival")
KINDS = (*EXAMPLES, *MADE)
_TYPES = {Kind.DATE: "DATE", Kind.INT: "INTEGER", Kind.LEVEL: "INTEGER", Kind.BOOL: "BOOLEAN"}


def declared(**data: Any) -> rb.Predictor:
    """An instrument over `FIELDS`."""
    return rb.declare.instrument(
        {"id": "toy", "title": "t", "source": "s", "field": FIELDS, **data}
    )


@cache
def own(kind: str) -> rb.Predictor:
    """An instrument of `KINDS`."""
    if kind in MADE:
        return declared(**MADE[kind])
    return rb.load_instrument(FOLDER / f"{kind}.toml")


def types_of(predictor: rb.Predictor) -> dict[str, str]:
    """The type of the column of each field."""
    fields = predictor.vocabulary.fields.items()
    return {name: _TYPES.get(f.kind, "VARCHAR") for name, f in fields if f.scored}


def rows_of(predictor: rb.Predictor, count: int, seed: int = 7) -> Columns:
    """Answers, some of them missing or out of range."""
    rng = random.Random(seed)

    def answer(f: Any) -> Any:
        if rng.random() < 0.04:
            return None
        match f.kind:
            case Kind.BOOL:
                return rng.random() < 0.5
            case Kind.ENUM:
                return rng.choice(f.values)
            case Kind.DATE:  # the later of two dates most often has the name that comes later
                return dt.date(1970, 1, 1) + dt.timedelta(days=rng.randrange(15_000))
            case _:
                return rng.randrange(f.low, f.high + 1 + 2 * (rng.random() < 0.05))

    fields = {n: f for n, f in predictor.vocabulary.fields.items() if f.scored}
    found: Columns = {n: [answer(f) for _ in range(count)] for n, f in fields.items()}
    if {"born", "released"} <= set(found):
        found["released"] = [
            None if born is None or rng.random() < 0.04
            else born + dt.timedelta(days=rng.randrange(6_000, 30_000))
            for born in found["born"]
        ]  # fmt: skip
    return found
