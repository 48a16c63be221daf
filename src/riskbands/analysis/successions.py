"""Which predictor follows which, and what changed between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from riskbands.arithmetic.percent import Percent
from riskbands.errors import UnknownNameError
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskbands.instruments.predictor import Predictor

__all__ = ["Succession", "default_pairs", "is_last", "successors"]

_ROUNDING = {
    Percent.HUNDREDTHS: "two decimals, 0 to 100",
    Percent.HUNDREDTHS_BELOW_100: "two decimals, 0 to 99.99",
    Percent.WHOLE: "a whole percent, 0 to 100",
    Percent.WHOLE_1_TO_99: "a whole percent, 1 to 99",
    Percent.WHOLE_AFTER_FIVE: "a whole percent, 1 to 99",
}


@attrs.frozen
class Succession:
    """One predictor and the one that follows it; everything is read from their declarations.

    Attributes:
        first: The earlier predictor.
        second: The one that follows.
    """

    first: Predictor
    second: Predictor

    @property
    def changes(self) -> Mapping[str, tuple[str, str]]:
        """What changed, as ``{what: (before, after)}``: only where the two differ."""
        both = {
            "name": (self.first.name, self.second.name),
            "title": (self.first.title, self.second.title),
            **{
                what: (describe(self.first), describe(self.second))
                for what, describe in _DESCRIBED.items()
            },
        }
        return {what: pair for what, pair in both.items() if pair[0] != pair[1]}

    def __str__(self) -> str:
        lines = [f"{self.first.name} -> {self.second.name}"]
        lines += [f"  {what}: {one} -> {two}" for what, (one, two) in self.changes.items()]
        return "\n".join(lines)


def _described_bands(predictor: Predictor) -> str:
    scale = predictor.bands
    return "none" if scale is None else f"{scale.id} ({', '.join(scale.labels)})"


_DESCRIBED: Mapping[str, Callable[[Predictor], str]] = {
    "horizons": lambda p: ", ".join(p.horizons),
    "forms": lambda p: "brief and extended" if p.has_forms else "one",
    "percentage": lambda p: _ROUNDING[p.rule],
    "bands": _described_bands,
    "coefficients": lambda p: ", ".join(
        dict.fromkeys([p.table.id, *(c.table.id for c in p.components)])
    ),
}


class _Successors(Mapping[str, Succession]):
    """Successions by the id of the earlier predictor; read-only, made when first asked for."""

    def __getitem__(self, ident: str) -> Succession:
        found = _successions()
        if ident not in found:
            raise UnknownNameError("predictor with a successor", ident, found)
        return found[ident]

    def __contains__(self, ident: object) -> bool:
        return ident in _successions()

    def __iter__(self) -> Iterator[str]:
        return iter(_successions())

    def __len__(self) -> int:
        return len(_successions())

    def __repr__(self) -> str:
        pairs = ", ".join(f"{s.first.id} -> {s.second.id}" for s in self.values())
        return f"<successors: {pairs}>"


@cache
def _successions() -> Mapping[str, Succession]:
    return MappingProxyType(
        {p.id: Succession(p, by_id[p.successor]) for p in by_id.values() if p.successor}
    )


#: Which predictor follows which, by the id of the earlier one.
successors: Mapping[str, Succession] = _Successors()


def is_last(predictor: Predictor) -> bool:
    """Whether nothing follows a predictor."""
    return not predictor.successor


def default_pairs() -> tuple[Succession, ...]:
    """Pairs that were in use one after the other, the earlier one with bands or within RSR."""
    inside = {c.id for p in by_id.values() for c in p.components}
    return tuple(
        s
        for s in successors.values()
        if is_last(s.second) and (s.first.bands is not None or s.first.id in inside)
    )
