"""Conditions and formulas as text, read into rules; nothing of the text is ever run.

``ast`` reads the text, and a few kinds of node become `riskbands.vocabulary.expressions`: names,
numbers, categories in quotation marks, ``and``, ``or``, ``not``, comparisons, ``in``, and
``+``, ``-``, ``*``, ``min`` and ``max``, and completed years and months between two dates. Anything
else is refused.
"""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands.declare.faults import nearest
from riskbands.vocabulary.expressions import (
    Argument,
    Call,
    Constant,
    Expression,
    Flag,
    Not,
    Wide,
    as_expression,
)
from riskbands.vocabulary.rules import all_of, any_of, lower_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.vocabulary.feature import Feature

__all__ = ["Noted", "Parsed", "Refused", "Thing", "parse"]

_LONGEST: Final = 2000
_MOST_DECIMALS: Final = 6
_ONE_EQUAL: Final = re.compile(r"(?<![=<>!])=(?!=)")
_DEEPEST: Final = 30
_GREATEST: Final = 10**9
#: Functions of dates: how many they take, and the greatest value, without its sign.
_OF_DATES: Final = {
    "completed_years": (2, 10_000),
    "completed_months": (2, 120_000),
    "day_of_month": (1, 31),
}
_ZERO: Final = Constant(0)
_COMPARED: Final[dict[type, str]] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


class Refused(ValueError):
    """A condition or formula that cannot be read."""


class Noted(Refused):
    """It reads what has a fault itself, which is noted where it stands."""


@attrs.frozen
class Thing:
    """What a name in a condition stands for.

    Attributes:
        item: A feature (``"name"``), or a field (``".name"``) that is none, such as a date.
        feature: The feature, or None for a date.
        order: What to write where the order of its categories matters, and they have none; or an
            empty text.
    """

    item: str
    feature: Feature | None
    order: str = ""


@attrs.frozen
class Parsed:
    """A condition or formula.

    Attributes:
        inputs: What it reads.
        rule: The rule over those.
        truth: Whether it is a condition.
        low: Least value of a formula.
        high: Greatest value of a formula.
        decimals: How many decimals its values have, which are units of the last.
    """

    inputs: tuple[str, ...]
    rule: Expression
    truth: bool
    low: int = 0
    high: int = 1
    decimals: int = 0


@attrs.frozen
class _Part:
    rule: Expression
    kind: str  # truth, number, category, date or word
    low: int = 0
    high: int = 1
    categories: tuple[str, ...] = ()
    word: str = ""
    decimals: int = 0
    name: str = ""
    order: str = ""


def parse(text: str, look_up: Callable[[str], Thing], inputs: tuple[str, ...] = ()) -> Parsed:
    """Read a condition or formula.

    Args:
        text: The text.
        look_up: What a name stands for.
        inputs: What it is given to read already, in this order; it may read more.

    Raises:
        Refused: It is none; says why.
    """
    if len(text) > _LONGEST:
        raise Refused(f"is longer than {_LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # of numbers and names that run into each other
            tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        hint = "; equality is ==" if _ONE_EQUAL.search(text) else ""
        hint = hint or ("; write and, or, not" if re.search(r"&|[|]|!(?!=)", text) else "")
        raise Refused(
            f"cannot be read as a condition, such as age >= 18 and charged{hint}"
        ) from None
    for node in ast.walk(tree):  # made from here, so that what is nested adds no depth to a chain
        if isinstance(node, ast.Name):
            with contextlib.suppress(Refused):
                look_up(node.id)
    reader = _Reader(look_up, inputs)
    part = reader.read(tree, 0)
    inputs = tuple(reader.places)
    if part.kind == "truth" or part.categories == ("no", "yes"):
        return Parsed(inputs, reader.truth(part), truth=True)
    if part.kind != "number":
        raise Refused(f"is a {part.kind}, not a condition or a number")
    return Parsed(inputs, part.rule, False, part.low, part.high, part.decimals)


class _Reader:
    def __init__(self, look_up: Callable[[str], Thing], inputs: tuple[str, ...]) -> None:
        self._look_up = look_up
        self.places = {item: place for place, item in enumerate(inputs)}

    def read(self, node: ast.AST, depth: int) -> _Part:
        if depth > _DEEPEST:
            raise Refused(f"is nested more than {_DEEPEST} deep")

        def inner(n: ast.AST) -> _Part:
            return self.read(n, depth + 1)

        match node:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=bool(value)):
                return _Part(Constant(int(value)), "category", 0, 1, ("no", "yes"))
            case ast.Constant(value=int(value)):
                return self._number(Constant(value), value, value)
            case ast.Constant(value=float(value)):
                return self._decimal(value)
            case ast.Constant(value=str(value)):
                return _Part(Constant(0), "word", word=value)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                part = self._counted(inner(operand))
                rule = Constant(0) - part.rule
                return self._number(rule, -part.high, -part.low, part.decimals)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return _Part(Not(self.truth(inner(operand))), "truth")
            case ast.BoolOp(op=op, values=values):
                truths = [self.truth(inner(v)) for v in values]
                join = all_of if isinstance(op, ast.And) else any_of
                return _Part(join(*truths), "truth")
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare(left, ops, others, inner)
            case ast.BinOp(left=left, op=op, right=right):
                return self._sum(op, self._counted(inner(left)), self._counted(inner(right)))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _OF_DATES:
                return self._of_dates(name, [inner(a) for a in args])
            case ast.Call(func=ast.Name(id="min" | "max" as name), args=args, keywords=[]) if args:
                return self._extreme(name, [self._counted(inner(a)) for a in args])
        raise Refused(
            f"holds {_named(node)}, which no condition may: use names, whole numbers, categories "
            "in quotation marks, and, or, not, in, comparisons, +, -, *, min, max, "
            "completed_years, completed_months and day_of_month"
        )

    def _name(self, name: str) -> _Part:
        thing = self._look_up(name)
        place = self.places.setdefault(thing.item, len(self.places))
        rule = Wide(Argument(place))
        f = thing.feature
        if f is None:
            return _Part(rule, "date")
        if f.low is None or f.high is None:
            return _Part(rule, "number", -_GREATEST, _GREATEST)
        kind = "category" if f.categories else "number"
        return _Part(
            rule, kind, f.low, f.high, f.categories,
            decimals=f.decimals, name=name, order=thing.order,
        )  # fmt: skip

    def truth(self, part: _Part) -> Expression:
        """A part as a condition; a yes/no is one."""
        if part.kind == "truth":
            return part.rule
        if part.categories == ("no", "yes"):
            return part.rule.equals(1)
        raise Refused(f"has a {part.kind} where a condition or a yes/no must stand")

    def _counted(self, part: _Part) -> _Part:
        if part.kind == "truth":
            return _Part(Flag(part.rule), "number")
        if part.kind == "number" or part.categories == ("no", "yes"):
            return part
        raise Refused(f"has a {part.kind} where a number must stand")

    def _number(self, rule: Expression, low: int, high: int, decimals: int = 0) -> _Part:
        if max(abs(low), abs(high)) > _GREATEST:
            raise Refused(f"can reach a number beyond {_GREATEST}")
        if decimals > _MOST_DECIMALS:
            raise Refused(f"has more than {_MOST_DECIMALS} decimals")
        return _Part(rule, "number", low, high, decimals=decimals)

    def _decimal(self, value: float) -> _Part:
        """A number such as 2.5, by its shortest decimal text."""
        number = Decimal(repr(value)).normalize()
        exponent = number.as_tuple().exponent
        if not isinstance(exponent, int) or not -_MOST_DECIMALS <= exponent <= 9:
            raise Refused(
                f"has a number that is too large, or of more than {_MOST_DECIMALS} decimals"
            )
        decimals = max(0, -exponent)
        units = int(number.scaleb(decimals))
        return self._number(Constant(units), units, units, decimals)

    def _aligned(self, *parts: _Part) -> list[_Part]:
        """The same numbers, all in units of the same decimal."""
        most = max(p.decimals for p in parts)
        found = []
        for p in parts:
            factor = 10 ** (most - p.decimals)
            if factor == 1:
                found.append(p)
                continue
            number = p.rule.value if isinstance(p.rule, Constant) else None
            rule = p.rule * factor if number is None else Constant(number * factor)
            found.append(self._number(rule, p.low * factor, p.high * factor, most))
        return found

    def _sum(self, op: ast.operator, a: _Part, b: _Part) -> _Part:
        if isinstance(op, ast.Mult):
            ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
            places = a.decimals + b.decimals
            return self._number(a.rule * b.rule, min(ends), max(ends), places)
        a, b = self._aligned(a, b)
        match op:
            case ast.Add():
                low, high = a.low + b.low, a.high + b.high
                return self._number(a.rule + b.rule, low, high, a.decimals)
            case ast.Sub():
                low, high = a.low - b.high, a.high - b.low
                return self._number(a.rule - b.rule, low, high, a.decimals)
        raise Refused(
            f"holds {_named(op)}; only +, - and * are known (a rate: kind log_rate, or steps)"
        )

    def _of_dates(self, name: str, parts: list[_Part]) -> _Part:
        count, greatest = _OF_DATES[name]
        if len(parts) != count or any(p.kind != "date" for p in parts):
            dates = "two dates, the earlier first" if count == 2 else "one date"
            raise Refused(f"has {name} of something else than {dates}")
        return self._number(Call(name, tuple(p.rule for p in parts)), -greatest, greatest)

    def _extreme(self, name: str, parts: list[_Part]) -> _Part:
        first, *rest = self._aligned(*parts)
        for p in rest:
            if name == "min":
                ends = min(first.low, p.low), min(first.high, p.high)
                first = self._number(lower_of(first.rule, p.rule), *ends, p.decimals)
            else:  # each side once: written twice, what is nested would grow without bound
                rule = _ZERO - lower_of(_ZERO - first.rule, _ZERO - p.rule)
                ends = max(first.low, p.low), max(first.high, p.high)
                first = self._number(rule, *ends, p.decimals)
        return self._number(first.rule, first.low, first.high, first.decimals)

    def _compare(
        self,
        left: ast.AST,
        ops: list[ast.cmpop],
        others: list[Any],
        inner: Callable[[ast.AST], _Part],
    ) -> _Part:
        found = []
        for op, right in zip(ops, others, strict=True):
            if isinstance(op, ast.In | ast.NotIn):
                if not (isinstance(right, ast.Tuple | ast.List | ast.Set) and right.elts):
                    raise Refused('has "in" without a list such as ("low", "high")')
                one_of = any_of(
                    *(self._pair("==", inner(left), inner(e)) for e in right.elts[:200])
                )
                found.append(Not(one_of) if isinstance(op, ast.NotIn) else one_of)
            elif type(op) in _COMPARED:
                found.append(self._pair(_COMPARED[type(op)], inner(left), inner(right)))
            else:
                raise Refused(f"holds {_named(op)}, which no condition may")
            left = right
        return _Part(all_of(*found), "truth")

    def _pair(self, op: str, a: _Part, b: _Part) -> Expression:
        if a.kind == "word" and b.kind != "word":
            turned = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
            return self._pair(turned.get(op, op), b, a)
        if b.kind == "word":
            if not a.categories:
                raise Refused(f"compares a {a.kind} with {b.word!r}")
            if b.word not in a.categories:
                raise Refused(
                    f"has {b.word[:100]!r}, which is no category here; "
                    f"{nearest(b.word, a.categories)}"
                )
            b = _Part(Constant(a.categories.index(b.word)), "category", 0, 1, a.categories)
        elif "date" in (a.kind, b.kind):
            # In the condition of a caution -1 stands for what is missing, and a day is 0 or more.
            if a.kind != b.kind and not (b.kind == "number" and b.low == b.high in (-1, 0)):
                raise Refused("compares a date with something else")
        elif {a.kind, b.kind} == {"category", "number"}:
            _check_number(*((a, b) if a.kind == "category" else (b, a)))
        elif ("category" in (a.kind, b.kind) and a.categories != b.categories) or "truth" in (
            a.kind,
            b.kind,
        ):
            a, b = self._counted(a), self._counted(b)
        if op not in ("==", "!="):
            for part in (a, b):
                if part.order:
                    raise Refused(
                        f"compares {part.name} with {op}, and its categories have no order: "
                        f"{part.order}"
                    )
        # -1 stands for what is missing in the condition of a caution: no number is below 0 there.
        missing = any(p.low == p.high == -1 and q.low >= 0 for p, q in ((a, b), (b, a)))
        if a.decimals != b.decimals and not missing:
            a, b = self._aligned(a, b)
        x, y = a.rule, as_expression(b.rule)
        match op:
            case "<":
                return x < y
            case "<=":
                return x <= y
            case ">":
                return x > y
            case ">=":
                return x >= y
            case "==":
                return x.equals(y)
        return x.differs(y)


def _check_number(category: _Part, number: _Part) -> None:
    """Refuse a number beside a category: it would be a place among the answers, from 0.

    A yes/no is 0 or 1, and -1 stands for what is missing in the condition of a caution.
    """
    if category.categories == ("no", "yes") or number.low == number.high == -1:
        return
    word = "category" if not category.name else f"category {category.name}"
    answers = ", ".join(category.categories[:8]) + (", ..." if len(category.categories) > 8 else "")
    example = f"{category.name or 'it'} == '{category.categories[0]}'"
    raise Refused(
        f"compares the {word} with a number: write one of its categories in quotation marks, such "
        f"as {example}; they are {answers}"
    )


def _named(node: ast.AST) -> str:
    """A kind of node in a word or two."""
    return {
        "UAdd": "+ before a value (leave it out)", "Invert": "~ (write not)",
        "BitXor": "^ (of a power: a * a)", "MatMult": "@",
        "BitAnd": "& (write and)", "BitOr": "| (write or)", "LShift": "<<", "RShift": ">>",
        "Is": "is (equality is ==)", "IsNot": "is not (write !=)", "NamedExpr": ":=",
        "List": "a list", "Tuple": "a list", "Set": "a list", "Dict": "a table",
        "JoinedStr": "a text with braces",
        "Call": 'a call (of a logarithm: a term with kind = "log")',
        "IfExp": "an if (for which there is the rule first_that_holds)",
        "Attribute": "a dot", "Subscript": "a bracket", "Lambda": "a lambda",
        "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "** (of a power: a * a)",
        "Constant": "a value of this kind",
    }.get(type(getattr(node, "op", node)).__name__, "something else")  # fmt: skip
