"""Features of a case or a block, some of which are given by what predictors have worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.derivation.derive import Derivation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.derivation.derive import Input, Truth

__all__ = ["Layered"]


class Layered(Derivation):
    """The fields of another derivation, with features that are given rather than derived.

    Args:
        base: Where the fields are.
        given: Values of features and where they are valid, by name.

    Attributes:
        base: Where the fields are.
    """

    def __init__(self, base: Derivation, given: Mapping[str, tuple[Any, Truth]]) -> None:
        super().__init__({}, base.vocabulary)
        self.base = base
        self._features.update(given)
        self.one = base.one

    def field(self, name: str) -> Input:
        """A field's codes, validity and faults."""
        return self.base.field(name)
