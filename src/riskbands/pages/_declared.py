"""What the file of an instrument says, for its page."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from riskbands.instruments.gated import Gated

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskbands.instruments.predictor import Predictor

__all__ = ["declared", "example_of", "read_by"]


@lru_cache(maxsize=4)
def _read(text: str) -> Mapping[str, Any]:
    return tomllib.loads(text)


def declared(p: Predictor) -> Mapping[str, Any]:
    """The file an instrument was read from, as TOML gives it; empty where there is none."""
    return _read(p.declaration) if p.declaration else {}


def example_of(p: Predictor) -> Mapping[str, Any] | None:
    """The example of the file an instrument was read from, or None."""
    found: Mapping[str, Any] | None = declared(p).get("example")
    return found


def read_by(p: Predictor) -> Iterator[str]:
    """Features that the numbers, results and rules of an instrument read, in that order."""
    parts = p.components if p.shows_components else ()
    for one in (*parts, p):
        yield from one.gate_features
        for section in one.sections:
            for term in section.terms:
                yield from term.features
        if isinstance(one, Gated):
            summed = (n for names in one.sums.values() for n in names)
            yield from (read for n in summed for read in one.factor(n)[1])
        for result in one.results:
            yield from result.features
        if one.reduction is not None:
            yield from one.reduction.features
        yield from getattr(one, "added_features", ())
        yield from filter(None, [getattr(one, "by", None), getattr(one, "category", None)])
