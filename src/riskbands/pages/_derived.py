"""What an instrument works out from its inputs, in words: each rule as its file writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands.pages._declared import declared, read_by
from riskbands.pages._markdown import code, codes, itemised, plain, ranged, table
from riskbands.vocabulary.expressions import Binary, Constant, Flag, If

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.expressions import Expression
    from riskbands.vocabulary.feature import Feature, Source

__all__ = ["derived"]

#: Rules up to this many characters stand in the table; longer ones are lists below it.
_SHORT: Final = 200
#: So are rules of more parts than these.
_FEW: Final = 8
#: Rules that try one thing after the other.
_IN_ORDER: Final = ("first_known", "first_that_holds")


class _Rule:
    """A rule in words: what it is, its parts where it has such, and what else to know."""

    def __init__(self, text: str, parts: list[str] | None = None, after: str = "") -> None:
        self.text, self.parts, self.after = text, parts or [], after
        self.numbered = False

    def in_a_line(self) -> str:
        told = f"{self.text}: {'; '.join(self.parts)}" if self.parts else self.text
        return f"{told}; {self.after}" if self.after else told

    def in_lines(self) -> Iterator[str]:
        yield f"{self.text[:1].upper()}{self.text[1:]}:" if self.parts else f"{self.text}."
        yield itemised(self.parts, numbered=self.numbered)
        if self.after:
            yield f"{self.after[:1].upper()}{self.after[1:]}."


def derived(p: Predictor) -> Iterator[str]:
    """Every feature that is derived, in the order of the file; then what is built in."""
    rows, below = [], []
    for name, meaning, rule in _rules(p):
        said = rule.in_a_line()
        if rule.parts and (len(said) > _SHORT or len(rule.parts) > _FEW):
            below += [f"### {plain(name)}", *rule.in_lines()]
            said = "see below"
        rows.append((code(name), meaning, said))
    if rows:
        yield "## Worked out from them"
        yield table(("feature", "meaning", "rule"), rows)
        yield from below


def _rules(p: Predictor) -> Iterator[tuple[str, str, _Rule]]:
    entries: Mapping[str, Any] = declared(p).get("derived", {})
    for name, entry in entries.items():
        meaning = entry.get("meaning", "")
        yield name, plain(meaning), _declared(p, name, entry)
    for f in _others(p, entries):
        yield f.name, plain(f.meaning), _of_feature(p, f)


# -- as a file has them ------------------------------------------------------------------------


def _declared(p: Predictor, name: str, entry: Mapping[str, Any]) -> _Rule:
    """The rule of a derived feature of a file."""
    rule: _Rule = _RULES[entry["rule"]](entry)
    f = p.vocabulary.features.get(name)
    ends = [key for key in ("low", "high") if key in entry]
    limits = " and ".join(
        f"{'least' if k == 'low' else 'greatest'} {plain(entry[k])}" for k in ends
    )
    after = [rule.after] if rule.after else []
    if limits and f is not None:
        after.append(f"{limits}, and no score outside")
    rule.after = "; ".join(after)
    rule.numbered = entry["rule"] in _IN_ORDER
    return rule


def _sum(entry: Mapping[str, Any]) -> _Rule:
    of = _names(entry)
    if "at_least" not in entry:
        return _Rule("the sum of", [code(n) for n in of])
    return _Rule(
        f"the sum of these {len(of)}, of which at least {plain(entry['at_least'])} must be "
        f"recorded; one that is not counts as {plain(entry['missing_counts'])}",
        [code(n) for n in of],
    )


def _names(entry: Mapping[str, Any]) -> list[str]:
    of = entry["of"]
    return [of] if isinstance(of, str) else list(of)


def _first_known(entry: Mapping[str, Any]) -> _Rule:
    ways = entry["way"]
    parts = []
    for way in ways:
        where = f", where {code(way['when'])}" if "when" in way else ""
        needs = f" (where there is {codes(way['needs'])})" if "needs" in way else ""
        parts.append(f"{code(str(way['formula']))}{where}{needs}")
    after = []
    if "when" in ways[-1]:
        after.append("where none of them holds there is no score")
    if "categories" in entry:
        named = enumerate(entry["categories"])
        after.append("the numbers stand for " + ", ".join(f"{n}: {plain(c)}" for n, c in named))
    return _Rule("the first of these of which everything is known", parts, "; ".join(after))


def _first_that_holds(entry: Mapping[str, Any]) -> _Rule:
    parts = [f"{plain(word)} where {code(text)}" for word, text in entry["cases"].items()]
    parts.append(f"otherwise {plain(entry['otherwise'])}")
    order = ", ".join(map(plain, entry.get("order", ())))
    return _Rule("the first of these that holds", parts, f"the lowest first: {order}" * bool(order))


def _category(entry: Mapping[str, Any]) -> _Rule:
    groups = entry["groups"]
    parts = [f"{plain(word)}: {', '.join(ranged(of))}" for word, of in groups.items()]
    return _Rule(f"by {codes(entry['of'])}", parts)


def _of_steps(entry: Mapping[str, Any]) -> _Rule:
    return _Rule(f"by {codes(entry['of'])}", ranged(entry["steps"]))


_RULES: Final[Mapping[str, Any]] = {
    "completed_years": lambda e: _Rule(
        f"completed years from {code(e['from'])} to {code(e['to'])}"
    ),
    "completed_months": lambda e: _Rule(
        f"completed months from {code(e['from'])} to {code(e['to'])}"
    ),
    "sum": _sum,
    "difference": lambda e: _Rule(" - ".join(map(code, _names(e)))),
    "capped": lambda e: _Rule(f"{codes(e['of'])}, at most {plain(e['at'])}"),
    "steps": _of_steps,
    "how_many_yes": lambda e: _Rule("how many of these are yes", [code(n) for n in _names(e)]),
    "category": _category,
    "condition": lambda e: _Rule(f"yes where {code(e['when'])}"),
    "formula": lambda e: _Rule(code(e["formula"])),
    "first_known": _first_known,
    "first_that_holds": _first_that_holds,
}


# -- as the library has them -------------------------------------------------------------------


def _others(p: Predictor, entries: Mapping[str, Any]) -> list[Feature]:
    """Features that are read and stand in no file, each after what it comes from."""
    found: dict[str, Feature | None] = {}

    def visit(item: str) -> None:
        if item[0] == "." or item in found or item in entries or not p.vocabulary.has(item):
            return
        f = p.vocabulary.feature(item)
        told = not (f.is_field or f.shown) and bool(f.sources)
        if f.is_field:
            return
        for source in f.sources if told else ():
            for inner in source.inputs:
                visit(inner)
        found[item] = f if told else None

    for name in read_by(p):
        visit(name)
    return [f for f in found.values() if f is not None]


def _of_feature(p: Predictor, f: Feature) -> _Rule:
    """The ways to get a feature."""
    if len(f.sources) == 1 and (cases := _cases(p, f)):
        chosen = _Rule("the first of these that holds", cases)
        chosen.numbered = True
        return chosen
    parts = [_way(p, f, source) for source in f.sources]
    if len(parts) == 1:
        return _Rule(parts[0])
    rule = _Rule("the first of these of which everything is known", parts)
    rule.numbered = True
    if f.agree:
        rule.after = "all that are known must agree"
    return rule


def _cases(p: Predictor, f: Feature) -> list[str]:
    """A choice between values, case by case; none for any other rule."""
    (source,) = f.sources
    rule, found = source.derive, []
    while isinstance(rule, If) and isinstance(rule.then, Constant):
        where = code(rule.condition.text(*_read(p, source)))
        found.append(f"{_value(f, rule.then.value)} where {where}")
        rule = rule.otherwise
    if not found or not isinstance(rule, Constant):
        return []
    return [*found, f"otherwise {_value(f, rule.value)}"]


def _value(f: Feature, value: int) -> str:
    return "no score" if value in f.faults else plain(f.describe(value))


def _read(p: Predictor, source: Source) -> list[str]:
    """What people read as the names of what a way to get a feature reads."""
    return [i[1:] if i[0] == "." else p.vocabulary.feature(i).label for i in source.inputs]


def _way(p: Predictor, f: Feature, source: Source) -> str:
    names = _read(p, source)
    value = _constant(source.derive)
    if value is None and isinstance(source.derive, Flag):
        said = f"{'yes' if f.categories else 1} where {code(source.derive.condition.text(*names))}"
    elif value is None:
        said = code(source.derive.text(*names))
    else:
        said = _value(f, value)
    if value is not None and source.when is None and names:
        said += f" where there is {codes(names)}"
    if source.when is not None:
        said += f", where {code(source.when.text(*names))}"
    if source.absent:
        said += f", where there is no {codes(a[1:] for a in source.absent)}"
    return said


def _constant(rule: Expression) -> int | None:
    """The only value of a rule such as ``x * 0 + 1``; None for any other."""
    match rule:
        case Constant(value=value):
            return value
        case Binary(operator="*", right=Constant(value=0)):
            return 0
        case Binary(operator="+", left=left, right=Constant(value=value)):
            known = _constant(left)
            return None if known is None else known + value
    return None
