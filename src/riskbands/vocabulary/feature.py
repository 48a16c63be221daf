"""A feature: a small whole number that scorecards look up, and the ways to get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._byfields import ByFields
from riskbands._frozen import FrozenDict, frozen
from riskbands.arithmetic.units import in_decimals
from riskbands.vocabulary.expressions import Argument, Constant, Expression
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.vocabulary.fields import Field

__all__ = ["SAME", "Fault", "Feature", "Source", "feature_of_field"]

#: The rule that gives the only input unchanged.
SAME = Argument(0)


@attrs.frozen(eq=False, repr=False)
class Fault(ByFields):
    """What a special negative value of a feature stands for.

    Attributes:
        code: Stable code of the issue.
        message: What is wrong and what to do; no personal value.
        fields: Fields to name; by default those the feature comes from.
    """

    code: str
    message: str
    fields: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Source(ByFields):
    """One way to get a feature.

    Attributes:
        inputs: Fields (``".name"``) and features (``"name"``) it needs.
        derive: Rule over their values, in this order.
        when: Further condition on their values, or None.
        absent: Fields (``".name"``) that must be missing for this source to be used.
    """

    inputs: tuple[str, ...]
    derive: Expression
    when: Expression | None = None
    absent: tuple[str, ...] = ()


@attrs.frozen(eq=False, repr=False)
class Feature(ByFields):
    """A small whole number that scorecards look up.

    Attributes:
        name: Name; the key of ``score_features``.
        sources: Ways to get it, in order of preference.
        low: Least value of the domain, or None where the domain is not checked.
        high: Greatest value.
        is_field: Whether it is a field as it is, with the field's range for its domain.
        below: Issue code under ``low``.
        above: Issue code over ``high``.
        faults: What special negative values stand for.
        agree: Whether all sources that are available must give the same value.
        blame: Which source's fields are named when the feature is missing.
        blame_all: Name the fields of every source instead.
        categories: Names of the values, for a categorical feature.
        meaning: What it is, for explanations.
        alias: Another name under which ``score_features`` takes it.
        strict: Of several sources: whether a value that cannot be read withholds the feature also
            where it stands behind another feature, and not in a source itself.
        decimals: How many decimals the number has that its values are units of the last of.
        shown: What people read in place of a name that was made up, such as a condition as its file
            writes it; empty where the name is one of theirs.
    """

    name: str
    sources: tuple[Source, ...]
    low: int | None = None
    high: int | None = None
    is_field: bool = False
    below: str = ""
    above: str = ""
    faults: Mapping[int, Fault] = attrs.field(factory=FrozenDict, converter=frozen)
    agree: bool = False
    blame: int = 0
    blame_all: bool = False
    categories: tuple[str, ...] = ()
    meaning: str = ""
    alias: str = ""
    strict: bool = False
    decimals: int = 0
    shown: str = ""

    @property
    def label(self) -> str:
        """What people read as its name."""
        return self.shown or self.name

    @property
    def size(self) -> int:
        """Number of values in the domain."""
        if self.low is None or self.high is None:
            raise ValueError(f"{self.name} has no domain")
        return self.high - self.low + 1

    @property
    def direct(self) -> bool:
        """Whether it can come from dates or be given directly under its own name."""
        return self.agree and self.sources[-1].inputs == (f".{self.name}",)

    @property
    def ways(self) -> tuple[Source, ...]:
        """Sources; of a condition, without those by which one part that fails settles it early."""
        whole = tuple(s for s in self.sources if s.when is None)
        return whole if whole and self.is_condition else self.sources

    def describe(self, value: int) -> str:
        """The value in words."""
        return self.categories[value] if self.categories else in_decimals(value, self.decimals)

    @property
    def is_condition(self) -> bool:
        """Whether what people read as its name is a condition, to which it says yes or no."""
        return self.categories == ("no", "yes") and not (self.shown or "x").isidentifier()

    def said(self, value: int) -> str:
        """What people read as its name, and the value in words."""
        return f"{self.label} {self.describe(value)}"

    def fields_of_sources(self, *, absent: bool) -> tuple[str, ...]:
        """Fields its sources name themselves, each as often as they do.

        Args:
            absent: Whether to include fields that must be missing.
        """
        return tuple(
            item[1:]
            for source in self.sources
            for item in (*source.inputs, *(source.absent if absent else ()))
            if item[0] == "."
        )


def feature_of_field(f: Field) -> Feature | None:
    """The feature that is the field itself; None for a kind that is not a small whole number."""
    low, high, decimals = 0, 1, 0
    categories: tuple[str, ...] = ()
    match f.kind:
        case Kind.INT:
            assert f.low is not None
            assert f.high is not None
            low, high = f.low, f.high
        case Kind.DECIMAL:
            assert f.low is not None
            assert f.high is not None
            low, high, decimals = f.low, f.high, f.decimals
        case Kind.LEVEL:
            high = 2
        case Kind.ENUM:
            high, categories = len(f.values) - 1, f.values
        case Kind.BOOL:
            categories = ("no", "yes")
        case _:
            return None
    return Feature(
        f.name,
        (Source((f".{f.name}",), SAME),),
        low=low,
        high=high,
        is_field=True,
        categories=categories,
        meaning=f.meaning,
        decimals=decimals,
    )


def or_else(name: str, value: int) -> tuple[Source, ...]:
    """Sources of a field that counts as a fixed value when it is missing."""
    return (Source((f".{name}",), SAME), Source((), Constant(value)))
