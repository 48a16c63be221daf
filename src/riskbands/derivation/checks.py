"""Rules that inputs must keep, and questions about a case: what is asked together, as values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from riskbands._byfields import ByFields
from riskbands.errors import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.vocabulary.expressions import Expression
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["Check", "Questions", "Rules", "StrictCheck"]


@attrs.frozen(eq=False, repr=False)
class Check(ByFields):
    """A rule that inputs must keep, beyond being there.

    Attributes:
        code: Stable code of the issue.
        inputs: Features (or fields, ``".name"``) the rule reads; skipped where one is missing.
        fails: Whether the rule is broken, as a rule over the inputs.
        message: What is wrong and what to do; no personal value.
        fields: Fields to name; by default those the inputs come from.
        unless: A 0/1 feature; where it is 1 everywhere the rule cannot be broken.
    """

    code: str
    inputs: tuple[str, ...]
    fails: Expression
    message: str
    fields: tuple[str, ...] = ()
    unless: str | None = None

    def issue(self, vocabulary: Vocabulary) -> Issue:
        """The issue this rule gives, naming fields of the vocabulary."""
        return Issue(self.code, self.fields or vocabulary.leaves_of(self.inputs), self.message)

    @property
    def answers(self) -> tuple[str, ...]:
        """Fields that must be missing or readable, whatever else reads them."""
        return ()


@attrs.frozen(eq=False, repr=False)
class StrictCheck(Check):
    """A rule that an answer which cannot be read does not pass.

    Attributes:
        answered: Fields it reads that must be missing or readable.
    """

    answered: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """Fields that must be missing or readable, whatever else reads them."""
        return self.answered


class Rules(tuple[Check, ...]):
    """Checks that are made together, with what the fast path of a case has written for them."""

    paths: dict[Any, Any]

    def __new__(cls, checks: Iterable[Check] = ()) -> Rules:
        """Make the rules."""
        made = super().__new__(cls, checks)
        made.paths = {}
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Rules, (tuple(self),)


class Questions(tuple["tuple[tuple[str, ...], Expression]", ...]):
    """Yes-or-no questions about one case that are asked together.

    Each is the fields (``".name"``) and features (``"name"``) that it reads, and a rule over their
    values. -1 stands for one that is not valid.
    """

    paths: dict[Vocabulary, Any]

    def __new__(cls, questions: Iterable[tuple[tuple[str, ...], Expression]] = ()) -> Questions:
        """Make the questions."""
        made = super().__new__(cls, questions)
        made.paths = {}
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return Questions, (tuple(self),)
