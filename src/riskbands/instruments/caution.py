"""What scores do not say: limits of the instruments, and the cases they concern.

The cautions themselves belong to the predictors and stand beside their declarations.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.derivation.checks import Questions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.derivation.derive import Derivation
    from riskbands.vocabulary.expressions import Expression

__all__ = ["Caution", "Cautions", "Concern"]


@attrs.frozen(eq=False, repr=False)
class Concern(ByFields):
    """Whom a limit concerns.

    Attributes:
        name: One word for them, e.g. ``women``.
        items: Fields (``".name"``) and features (``"name"``) that tell.
        holds: Rule over their values; -1 stands for one that is missing or cannot be read.
    """

    name: str
    items: tuple[str, ...] = attrs.field(hash=False)
    holds: Expression = attrs.field(hash=False)


@attrs.frozen(eq=False, repr=False)
class Caution(ByFields):
    """A limit of an instrument.

    Attributes:
        id: Short stable name.
        text: The limit in one or two sentences.
        concern: Whom it concerns, or None for everyone.
        source: Who says so.
    """

    id: str
    text: str
    concern: Concern | None = None
    source: str = ""

    @property
    def about(self) -> str:
        """Whom it concerns, in one word: ``everyone`` where nothing else is said."""
        return "everyone" if self.concern is None else self.concern.name


@cache
def _questions(concerns: tuple[Concern, ...]) -> Questions:
    """Whether each concern holds; one value for all predictors with the same ones."""
    return Questions((concern.items, concern.holds) for concern in concerns)


class Cautions:
    """The cautions of a predictor, with which of them a case is told.

    Args:
        cautions: The cautions.
    """

    def __init__(self, cautions: tuple[Caution, ...]) -> None:
        concerns = tuple({c.concern: None for c in cautions if c.concern is not None})
        self._questions = _questions(concerns)
        self._texts: Mapping[tuple[bool, ...], tuple[str, ...]] = {
            held: tuple(
                c.text for c in cautions if c.concern is None or held[concerns.index(c.concern)]
            )
            for held in product((False, True), repeat=len(concerns))
        }

    def texts(self, derivation: Derivation) -> tuple[str, ...]:
        """Texts of the cautions that concern a case; whom each concerns is found out once."""
        key = id(self._questions)
        held: tuple[bool, ...] | None = derivation.outcomes.get(key)
        if held is None:
            held = derivation.outcomes[key] = derivation.answers(self._questions)
        return self._texts[held]
