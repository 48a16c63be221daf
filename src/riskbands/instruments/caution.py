"""What scores do not say: limits of the instruments, and the cases they concern.

The cautions themselves belong to the predictors and stand beside their declarations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from riskbands.derivation.derive import Derivation
    from riskbands.vocabulary.expressions import Expression

__all__ = ["Caution", "Concern"]


@attrs.frozen
class Concern:
    """Whom a limit concerns.

    Attributes:
        name: One word for them, e.g. ``women``.
        items: Fields (``".name"``) and features (``"name"``) that tell.
        holds: Rule over their values; -1 stands for one that is missing or cannot be read.
    """

    name: str
    items: tuple[str, ...]
    holds: Expression


@attrs.frozen
class Caution:
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

    def concerns(self, derivation: Derivation) -> bool:
        """Whether the case is one that the limit concerns."""
        who = self.concern
        return who is None or bool(who.holds(*derivation.peek(who.items)))
