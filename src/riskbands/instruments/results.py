"""Named results of an instrument beyond its percentage, points and band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from riskbands.arithmetic.truth import both

if TYPE_CHECKING:
    from riskbands.derivation.derive import Derivation, Truth
    from riskbands.instruments.outcome import Outcome
    from riskbands.vocabulary.expressions import Expression

__all__ = ["POINTS", "Result", "ResultKind"]

ResultKind: TypeAlias = Literal["number", "flag", "category"]

#: Stands for the points of the instrument among the inputs of a result.
POINTS: Final = "points"


@attrs.frozen(kw_only=True)
class Result:
    """One named result: what it is, and the rule that gives it.

    A cohort has it as the column ``<id>_<name>``, a score in ``outputs``.

    Attributes:
        name: Its name, e.g. ``flag``.
        kind: ``number`` (a whole number), ``flag`` (yes or no) or ``category`` (one of ``labels``).
        inputs: What the rule reads: features, or `POINTS`.
        rule: Rule over the inputs; a whole number, 0 or 1 for a flag, a place in ``labels``.
        labels: Names of the categories, in order.
        about: What it says, in words.
    """

    name: str
    kind: ResultKind
    inputs: tuple[str, ...]
    rule: Expression
    labels: tuple[str, ...] = ()
    about: str = ""

    @property
    def features(self) -> tuple[str, ...]:
        """Features it reads."""
        return tuple(name for name in self.inputs if name != POINTS)

    def work_out(self, derivation: Derivation, outcome: Outcome) -> tuple[Any, Truth]:
        """The value for a case or a block, and where there is one."""
        values: list[Any] = []
        there: Truth = both(outcome.ok, outcome.applies)
        for name in self.inputs:
            if name == POINTS:
                value: Any = 0 if outcome.points is None else outcome.points
            else:
                value, valid = derivation.value(name)
                there = both(there, valid)
            values.append(value)
        return (0, False) if there is False else (self.rule(*values), there)

    def value(self, code: int) -> int | bool | str:
        """The value of one case, as people read it."""
        match self.kind:
            case "flag":
                return bool(code)
            case "category":
                return self.labels[code]
            case _:
                return int(code)
