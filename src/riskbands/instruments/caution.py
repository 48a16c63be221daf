"""What scores do not say: limits of the instruments, and the cases they concern.

The cautions themselves belong to the predictors and stand beside their declarations.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands.derivation.checks import Questions

if TYPE_CHECKING:
    from riskbands.derivation.derive import Derivation
    from riskbands.vocabulary.expressions import Expression

__all__ = ["Caution", "Cautions", "Concern"]

#: Combinations of concerns whose texts are kept, so that cases of one kind share them.
_REMEMBERED = 1024


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
        places = {concern: place for place, concern in enumerate(concerns)}
        #: Each text, with the place among the concerns of whom it concerns; None for everyone.
        self._by_concern = tuple(
            (c.text, None if c.concern is None else places[c.concern]) for c in cautions
        )
        self._texts: dict[tuple[bool, ...], tuple[str, ...]] = {}

    def texts(self, derivation: Derivation) -> tuple[str, ...]:
        """Texts of the cautions that concern a case; whom each concerns is found out once."""
        key = id(self._questions)
        held: tuple[bool, ...] | None = derivation.outcomes.get(key)
        if held is None:
            held = derivation.outcomes[key] = derivation.answers(self._questions)
        found = self._texts.get(held)
        if found is None:
            found = tuple(text for text, n in self._by_concern if n is None or held[n])
            if len(self._texts) < _REMEMBERED:
                self._texts[held] = found
        return found
