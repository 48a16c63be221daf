"""A panel as the entries of a file: its derived features and its named results."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from riskbands.errors import TableError
from riskbands.vocabulary import expressions as rules
from riskbands.vocabulary.feature import SAME, Source
from riskbands.vocabulary.rules import arguments, total
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.instruments.results import Result
    from riskbands.vocabulary.expressions import Expression
    from riskbands.vocabulary.feature import Feature

__all__ = ["categories_of", "panel_entries", "words"]

#: Rules that conditions and formulas of a file have words for.
_KNOWN = (rules.Argument, rules.Wide, rules.Constant, rules.Binary, rules.Not)
_FUNCTIONS = ("completed_years", "completed_months", "day_of_month")
_UNKNOWN = {
    rules.ViolentOrSexual: "the list of violent and sexual offences",
    rules.OffenceGroup: "the list of offence groups",
    rules.LookUp: "a table of values",
    rules.If: "a choice between two values",
}
_COMPARED = ("==", "!=", "<", "<=", ">", ">=")
_MOST = 10_000


def words(rule: Expression, inputs: Iterable[str]) -> str:
    """A condition or formula in the words of a file.

    Raises:
        TableError: A file has no words for it.
    """
    if isinstance(rule, rules.Flag):
        return words(rule.condition, inputs)
    _check_known(rule)
    names = [i.removeprefix(".") for i in inputs]
    rule = _with_categories(rule, names, tuple(map(categories_of, names)))
    return rule.text(*names)


def categories_of(name: str) -> tuple[str, ...]:
    """The categories of a built-in feature, by which a file names them; none for a yes/no."""
    f = built_in().features.get(name)
    return () if f is None or f.categories == ("no", "yes") else f.categories


def _with_categories(
    rule: Expression, names: list[str], categories: tuple[tuple[str, ...], ...]
) -> Expression:
    """The same rule with each number that a category is compared with as that category.

    Args:
        rule: The rule.
        names: What its arguments are called; categories in quotation marks are added.
        categories: Those of each of its inputs.
    """

    def inner(e: Expression) -> Expression:
        return _with_categories(e, names, categories)

    match rule:
        case rules.Binary(
            left=(rules.Argument(place=place) | rules.Wide(of=rules.Argument(place=place))) as left,
            right=rules.Constant(value=value),
            operator=operator,
        ) if operator in _COMPARED and value in range(len(categories[place])):
            names.append(f"'{categories[place][value]}'")
            return rules.Binary(operator, left, rules.Argument(len(names) - 1))
        case rules.Binary(operator=operator, left=left, right=right):
            return rules.Binary(operator, inner(left), inner(right))
        case rules.Not(condition=condition):
            return rules.Not(inner(condition))
    return rule


def _check_known(rule: Expression) -> None:
    match rule:
        case rules.Binary(left=left, right=right):
            _check_known(left)
            _check_known(right)
        case rules.Not(condition=inner) | rules.Wide(of=inner):
            _check_known(inner)
        case rules.Call(function=name, inputs=parts) if name in _FUNCTIONS:
            for part in parts:
                _check_known(part)
        case _ if not isinstance(rule, _KNOWN):
            raise TableError(_UNKNOWN.get(type(rule), f"a rule of the kind {type(rule).__name__}"))


def panel_entries(p: Any) -> dict[str, Any]:
    """What a panel has in a file beside what all instruments have.

    Raises:
        TableError: It reads other instruments, or has a rule that a file has no words for.
    """
    if p.reads:
        names = ", ".join(dict.fromkeys(r.predictor.id for r in p.reads))
        raise TableError(
            f"{p.id} cannot be written to a file: its rules read the percentages and bands of "
            f"{names}, and what follows where one of those is missing"
        )
    try:
        found = {"derived": {f.name: _feature(f) for f in _own_features(p)}}
        return found | {"output": [_result(p, r) for r in p.results]}
    except TableError as error:
        raise TableError(
            f"{p.id} cannot be written to a file, which has no words for {error}"
        ) from None


def _own_features(p: Any) -> list[Feature]:
    """The features that are not built in, those that are read among them, in their order."""
    needed: set[str] = set()
    todo = [*p.features, *(i for c in (*p.checks, *p.advice) for i in c.inputs)]
    while todo:
        name = todo.pop()
        if name[0] == "." or name in needed or name in built_in().features:
            continue
        needed.add(name)
        todo += [i for s in p.vocabulary.feature(name).sources for i in s.inputs]
    return [f for f in p.vocabulary.declared if f.name in needed]


def _feature(f: Feature) -> dict[str, Any]:
    ways = []
    for source in f.sources:
        if source.absent:
            raise TableError(f"what must be missing for the feature {f.name}")
        try:
            known = _constant(source.derive)
            formula = words(source.derive, source.inputs) if known is None else str(known)
            way = {"formula": formula}
            if source.when is not None:
                way["when"] = words(source.when, source.inputs)
        except TableError as error:
            raise TableError(f"{error}, from which it derives {f.name}") from None
        needs = [i.removeprefix(".") for i in source.inputs]
        ways.append({"needs": needs, **way} if needs else way)
    if f.faults or f.agree or f.blame_all or f.below or f.above or f.alias:
        raise TableError(f"the faults of the feature {f.name}")
    found: dict[str, Any] = {"rule": "first_known", "meaning": f.meaning, "lenient": not f.strict}
    if f.categories:
        found["categories"] = list(f.categories)
    else:
        found |= {"low": f.low, "high": f.high}
    if f.blame:
        found["blame"] = f.blame + 1
    return found | {"way": ways}


def _constant(rule: Expression) -> int | None:
    """The only value of a rule such as ``x * 0 + 1``; None for any other."""
    match rule:
        case rules.Constant(value=value):
            return value
        case rules.Binary(operator="*", right=rules.Constant(value=0)):
            return 0
        case rules.Binary(operator="+", left=left, right=rules.Constant(value=value)):
            known = _constant(left)
            return None if known is None else known + value
    return None


def _result(p: Any, r: Result) -> dict[str, Any]:
    found: dict[str, Any] = {"name": r.name, "about": r.about}
    if len(r.inputs) != 1:
        raise TableError(f"the result {r.name}, which reads several features")
    (name,) = r.inputs
    f = p.vocabulary.feature(name)
    if r.rule == SAME:
        if r.labels and r.labels != f.categories:
            raise TableError(f"the labels of the result {r.name}")
        summed = p.sums.get(r.name)
        if summed and f.sources == (Source(summed, total(*arguments(len(summed)))),):
            return found | {"of": list(summed), "combine": "sum"}
        return found | {"of": name}
    if r.kind == "flag":
        return found | {"when": words(r.rule, r.inputs)}
    if r.kind == "category" or f.size > _MOST:
        raise TableError(f"the rule of the result {r.name}")
    scale = {}
    place = f.low
    for value, run in groupby(int(r.rule(x)) for x in range(f.low, f.high + 1)):
        last = place + len(list(run)) - 1
        scale[f"{place}-{last}" if last > place else f"{place}"] = value
        place = last + 1
    return found | {"of": name, "scale": scale}
