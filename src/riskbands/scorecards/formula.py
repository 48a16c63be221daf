"""A term as a formula of its features, for pages: what its numbers multiply, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from riskbands.scorecards.terms import (
    LevelList,
    Log,
    LogRate,
    Lookup,
    PerUnit,
    Polynomial,
    RoundedSum,
    Steps,
    StepsOrPolynomial,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.scorecards.terms import Between
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["conditions", "formula", "number_at"]

_POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_YES = ("no", "yes")


def number_at(tree: Any, path: str) -> Any:
    """What stands at a path of a table, keys joined by ``/``; None where nothing does."""
    for key in path.split("/"):
        if not isinstance(tree, Mapping) or key not in tree:
            return None
        tree = tree[key]
    return tree


def _power(name: str, power: int) -> str:
    return name if power == 1 else name + f"{power}".translate(_POWERS)


def formula(
    term: Any, tree: Mapping[str, Any], vocabulary: Vocabulary, name: Callable[[str], str]
) -> str:
    """What the numbers of a term multiply; empty where they stand alone.

    Args:
        term: The term.
        tree: The section of the table its numbers stand in.
        vocabulary: Where its features are declared.
        name: How to write a feature.
    """
    key = f"{term.key}_male" if term.by_sex else term.key
    name = _labelled(vocabulary, name)
    match term:
        case Polynomial():
            return _polynomial(name(term.feature), number_at(tree, key))
        case StepsOrPolynomial():
            leaf = number_at(tree, key)
            ranges = isinstance(leaf, Mapping)
            found = name(term.feature)
            return f"by range of {found}" if ranges else _polynomial(found, leaf)
        case Log():
            return f"ln({name(term.feature)})"
        case LogRate():
            offset = number_at(tree, term.offset_key)
            rate = f"ln({name(term.count)} / ({name(term.years)} + {offset}))"
            return _power(rate, term.power)
        case PerUnit() if _is_yes_no(term, vocabulary):
            return f"× {term.scale}" if term.scale != 1 else ""
        case PerUnit():
            return name(term.feature) + (f" × {term.scale}" if term.scale != 1 else "")
        case Steps():
            return f"by range of {name(term.feature)}"
        case Lookup():
            return f"by {name(term.feature)}"
        case LevelList():
            return f"by {name(term.feature)}, from 0"
        case RoundedSum():
            way = "up" if term.up else "half up"
            return f"{' + '.join(map(name, term.summed))}, the product rounded {way}"
    return ""


def _polynomial(name: str, numbers: Any) -> str:
    return ", ".join(_power(name, n) for n in range(1, len(numbers or ()) + 1))


def _labelled(vocabulary: Vocabulary, name: Callable[[str], str]) -> Callable[[str], str]:
    """Writes what people read as the name of a feature."""
    return lambda feature: name(vocabulary.feature(feature).label)


def conditions(term: Any, vocabulary: Vocabulary, name: Callable[[str], str]) -> str:
    """Where a term counts; empty for everywhere.

    Args:
        term: The term.
        vocabulary: Where its features are declared.
        name: How to write a feature, or a condition.
    """
    name = _labelled(vocabulary, name)
    found = [f"{name(term.feature)} is yes"] if _is_yes_no(term, vocabulary) else []
    for b in term.when:
        written = b.low and vocabulary.feature(b.feature).is_condition
        found.append(name(b.feature) if written else _condition(b, vocabulary, name))
    return " and ".join(found)


def _is_yes_no(term: Any, vocabulary: Vocabulary) -> bool:
    """Whether a term gives its number for a yes."""
    return isinstance(term, PerUnit) and vocabulary.feature(term.feature).categories == _YES


def _condition(b: Between, vocabulary: Vocabulary, name: Callable[[str], str]) -> str:
    f = vocabulary.feature(b.feature)
    low = b.low if f.low is None else max(b.low, f.low)
    high = b.high if f.high is None else min(b.high, f.high)
    shown = name(b.feature)
    if f.categories:
        return f"{shown} is {' or '.join(f.describe(n) for n in range(low, high + 1))}"
    if low == high:
        return f"{shown} is {f.describe(low)}"
    if high == f.high or b.high >= 2**31:
        return f"{shown} is {f.describe(low)} or more"
    if low == f.low:
        return f"{shown} is {f.describe(high)} or less"
    return f"{shown} is {f.describe(low)} to {f.describe(high)}"
