"""What each factor adds to a score: its term, weighed on one case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from riskbands._byfields import ByFields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from riskbands.scorecards.numbers import Numbers
    from riskbands.scorecards.terms import Term
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["Contribution", "contributions"]


@attrs.frozen(eq=False, repr=False)
class Contribution(ByFields):
    """What one factor adds to a score.

    Attributes:
        factor: Name of the factor.
        values: The feature values it read, by name; whole numbers.
        amount: Log-odds or points it adds.
        text: The values in words.
        elsewhere: Where the term is of another category than the person's, the feature that has
            the categories; else an empty text.
    """

    factor: str
    values: Mapping[str, int]
    amount: float
    text: str
    elsewhere: str = ""


def contributions(
    terms: Sequence[Term], numbers: Numbers, value: Callable[[str], int], vocabulary: Vocabulary
) -> tuple[Contribution, ...]:
    """What each term adds for one case; ``value(name)`` gives its feature values."""
    found = []
    for term in terms:
        values = {name: value(name) for name in term.features}
        x = {name: np.array([v], dtype=np.int64) for name, v in values.items()}
        amount = float(np.broadcast_to(term.weigh(numbers, x), (1,))[0])
        amount += 0.0  # A negative weight times 0 is 0 and not -0.
        text = ", ".join(vocabulary.feature(n).said(v) for n, v in values.items())
        at = getattr(term, "of_one", None)
        elsewhere = ""
        if at is not None and not at.low <= values[at.feature] <= at.high:
            elsewhere = vocabulary.feature(at.feature).label
        found.append(Contribution(term.name, values, amount, text, elsewhere))
    return tuple(found)
