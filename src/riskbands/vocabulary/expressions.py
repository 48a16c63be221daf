"""Rules over whole numbers, as values: how a feature is derived, and what a check refuses.

A rule is a small tree of arithmetic, comparisons and a few named functions over its arguments. One
tree is worked out for a number and for an array, written into the fast path of a case, into SQL and
into a file, compared and pickled. A Python function could do the first of these alone.

Write one with the usual operators; equality is ``x.equals(3)``. `riskbands.vocabulary.rules` has
the named ones.

Examples:
    >>> sanctions, violent = Argument(0), Argument(1)
    >>> rule = violent > sanctions
    >>> rule(4, 5)
    True
    >>> rule.text("sanctions", "violent_sanctions")
    'violent_sanctions > sanctions'
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs
import numpy as np

from riskbands._byfields import ByFields
from riskbands.arithmetic import dates
from riskbands.arithmetic.truth import take, where, wide
from riskbands.vocabulary.offences import scheme, violent_or_sexual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

__all__ = [
    "FUNCTIONS",
    "Argument",
    "Binary",
    "Call",
    "Constant",
    "Expression",
    "Flag",
    "If",
    "LookUp",
    "Not",
    "OffenceGroup",
    "Operator",
    "ViolentOrSexual",
    "Wide",
    "as_expression",
]

Operator: TypeAlias = Literal["+", "-", "*", "<", "<=", ">", ">=", "==", "!=", "&", "|"]

#: How tightly each operator binds in Python text; more is tighter.
_BINDING: Final = {
    "|": 1,
    "&": 2,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "==": 3,
    "!=": 3,
    "+": 4,
    "-": 4,
    "*": 5,
}
_ATOM: Final = 9


def _day_of_month(packed: Any) -> Any:
    return packed & 31


def _lower_of(x: Any, limit: Any) -> Any:
    over = x > limit
    return x - (x - limit) * over


#: Functions a rule may call, on whole numbers and packed dates (`riskbands.arithmetic.dates`).
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "completed_years": dates.years_of_packed,
    "completed_months": dates.months_of_packed,
    "day_of_month": _day_of_month,
    "lower_of": _lower_of,
}


class Expression(ByFields):
    """A rule: call it with the values of its arguments, whole numbers or integer arrays alike."""

    def __call__(self, *values: Any) -> Any:
        """The value, or the truth, of the rule."""
        return self._function(*values)

    @cached_property
    def _function(self) -> Callable[..., Any]:
        return self.compiled()

    def compiled(self, **instead: Any) -> Callable[..., Any]:
        """The rule compiled, with other things in place of names that its text calls."""
        names: dict[str, Any] = {}
        count = max((a.place for a in _arguments_of(self)), default=-1) + 1
        variables = [f"x{n}" for n in range(count)]
        text = f"lambda {', '.join([*variables, '*_'])}: {self.python(variables, names)}"
        names |= instead
        function: Callable[..., Any] = eval(text, names)  # noqa: S307 - of nodes alone, see python
        return function

    def __getstate__(self) -> dict[str, Any]:
        """The declared attributes: the compiled function is made again when it is needed."""
        kind: Any = type(self)
        return {a.name: getattr(self, a.name) for a in attrs.fields(kind)}

    def python(
        self, variables: list[str], names: dict[str, Any], *, one: bool = False, outer: int = 0
    ) -> str:
        """The rule as a Python expression, of operators and of names that this method makes up.

        Args:
            variables: The variable of each argument.
            names: What the text calls is added here.
            one: Whether the values are those of one case, which has shorter forms.
            outer: How tightly what stands around it binds.
        """
        text, binding = self._python(variables, names, one)
        return f"({text})" if binding <= outer else text

    def text(self, *arguments: str) -> str:
        """The rule in words a reader of formulas knows, with these names for its arguments."""
        return self._text(list(arguments))[0]

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        raise NotImplementedError

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        raise NotImplementedError

    def equals(self, other: Expression | int) -> Expression:
        """Whether both have the same value."""
        return Binary("==", self, as_expression(other))

    def differs(self, other: Expression | int) -> Expression:
        """Whether they have different values."""
        return Binary("!=", self, as_expression(other))

    def __add__(self, other: Expression | int) -> Expression:
        return Binary("+", self, as_expression(other))

    def __sub__(self, other: Expression | int) -> Expression:
        return Binary("-", self, as_expression(other))

    def __mul__(self, other: Expression | int) -> Expression:
        return Binary("*", self, as_expression(other))

    def __lt__(self, other: Expression | int) -> Expression:
        return Binary("<", self, as_expression(other))

    def __le__(self, other: Expression | int) -> Expression:
        return Binary("<=", self, as_expression(other))

    def __gt__(self, other: Expression | int) -> Expression:
        return Binary(">", self, as_expression(other))

    def __ge__(self, other: Expression | int) -> Expression:
        return Binary(">=", self, as_expression(other))

    def __and__(self, other: Expression) -> Expression:
        return Binary("&", self, other)

    def __or__(self, other: Expression) -> Expression:
        return Binary("|", self, other)

    def __invert__(self) -> Expression:
        return Not(self)


@attrs.frozen(slots=False, eq=False, repr=False)
class Argument(Expression):
    """The value of the argument at this place, counted from 0."""

    place: int

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        return variables[self.place], _ATOM

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return arguments[self.place], _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class Wide(Expression):
    """The same value, in an array of 64 bits: sums and products of narrow arrays could overflow."""

    of: Expression

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        if one:
            return self.of._python(variables, names, one)
        names["wide"] = wide
        return f"wide({self.of.python(variables, names)})", _ATOM

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return self.of._text(arguments)


@attrs.frozen(slots=False, eq=False, repr=False)
class Constant(Expression):
    """A whole number."""

    value: int

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        return f"{int(self.value)}", _ATOM if self.value >= 0 else 0

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return f"{int(self.value)}", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class Binary(Expression):
    """Two rules joined by an operator; ``&`` and ``|`` join truths."""

    operator: Operator = attrs.field(validator=attrs.validators.in_(list(_BINDING)))
    left: Expression
    right: Expression

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        binding = _BINDING[self.operator]
        # In Python & and | bind tighter than comparisons, so their sides are put in brackets.
        inner = _ATOM - 1 if self.operator in "&|" else binding
        left, right = (
            side.python(variables, names, one=one, outer=inner) for side in (self.left, self.right)
        )
        word = {"&": "and", "|": "or"}.get(self.operator, self.operator) if one else self.operator
        return f"{left} {word} {right}", binding

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        binding = _BINDING[self.operator]
        sides = []
        for side, least in ((self.left, binding), (self.right, binding + 1)):
            text, inner = side._text(arguments)
            sides.append(text if inner >= least else f"({text})")
        word = {"&": "and", "|": "or"}.get(self.operator, self.operator)
        return f"{sides[0]} {word} {sides[1]}", binding


@attrs.frozen(slots=False, eq=False, repr=False)
class Not(Expression):
    """The opposite of a truth."""

    condition: Expression

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        inner = self.condition.python(variables, names, one=one, outer=_ATOM - 1)
        return (f"not {inner}", 0) if one else (f"{inner} != True", _BINDING["!="])

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return f"not ({self.condition._text(arguments)[0]})", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class Flag(Expression):
    """A truth as a whole number: 1 where it holds, else 0."""

    condition: Expression

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        inner = self.condition.python(variables, names, one=one, outer=_ATOM - 1)
        if one:
            return f"1 * {inner}", _BINDING["*"]
        names["unit"] = 1
        return f"unit * {inner}", _BINDING["*"]

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return f"flag({self.condition._text(arguments)[0]})", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class If(Expression):
    """One value where a condition holds, another elsewhere."""

    condition: Expression
    then: Expression
    otherwise: Expression

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        parts = [
            e.python(variables, names, one=one, outer=0)
            for e in (self.condition, self.then, self.otherwise)
        ]
        if one:
            return f"(({parts[1]}) if {parts[0]} else ({parts[2]}))", _ATOM
        names["where"] = where
        return f"where({', '.join(parts)})", _ATOM

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        parts = [e._text(arguments)[0] for e in (self.condition, self.then, self.otherwise)]
        return f"if({', '.join(parts)})", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class Call(Expression):
    """One of `FUNCTIONS` of other rules."""

    function: str = attrs.field(validator=attrs.validators.in_(list(FUNCTIONS)))
    inputs: tuple[Expression, ...]

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        names[self.function] = FUNCTIONS[self.function]
        inputs = [e.python(variables, names, one=one) for e in self.inputs]
        return f"{self.function}({', '.join(inputs)})", _ATOM

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        inputs = [e._text(arguments)[0] for e in self.inputs]
        return f"{self.function}({', '.join(inputs)})", _ATOM


class _Table(Expression):
    """An entry of a table, by its position; positions outside it are clipped."""

    @cached_property
    def table(self) -> NDArray[Any]:
        """The entries, whole numbers."""
        raise NotImplementedError

    @property
    def position(self) -> Expression:
        """The position that is read."""
        raise NotImplementedError

    def _python(self, variables: list[str], names: dict[str, Any], one: bool) -> tuple[str, int]:
        name = f"table_{len(names)}"
        if one:
            names[name] = self.table.item
            return f"{name}({self.position.python(variables, names, one=one)})", _ATOM
        names[name], names["take"] = self.table, take
        return f"take({name}, {self.position.python(variables, names, one=one)})", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class LookUp(_Table):
    """The entry of a short table at a position that starts at 0."""

    entries: tuple[int, ...]
    of: Expression

    @cached_property
    def table(self) -> NDArray[Any]:
        """The entries, in the narrowest signed dtype that NumPy finds for them."""
        least, most = min(self.entries), max(self.entries)
        return np.array(self.entries, dtype=np.min_scalar_type(min(-1, least, -1 - most)))

    @property
    def position(self) -> Expression:
        """The position that is read."""
        return self.of

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        entries = ", ".join(map(str, self.entries))
        return f"entry([{entries}], {self.of._text(arguments)[0]})", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class OffenceGroup(_Table):
    """The group of an offence code in a scheme of groups, as its position there.

    Negative where there is none: see `riskbands.vocabulary.offences.WHY_NOT`.
    """

    scheme: str
    code: Expression

    @cached_property
    def table(self) -> NDArray[Any]:
        """The positions of all five-digit codes."""
        return scheme(self.scheme).table

    @property
    def position(self) -> Expression:
        """The offence code as a number."""
        return self.code

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return f"offence_group({self.scheme!r}, {self.code._text(arguments)[0]})", _ATOM


@attrs.frozen(slots=False, eq=False, repr=False)
class ViolentOrSexual(_Table):
    """1 for the code of an offence of a violent or sexual type, 0 for another.

    Negative where the code is not in the list.
    """

    code: Expression

    @cached_property
    def table(self) -> NDArray[Any]:
        """The flag of all five-digit codes."""
        return violent_or_sexual()

    @property
    def position(self) -> Expression:
        """The offence code as a number."""
        return self.code

    def _text(self, arguments: list[str]) -> tuple[str, int]:
        return f"violent_or_sexual({self.code._text(arguments)[0]})", _ATOM


def as_expression(value: Expression | int) -> Expression:
    """An expression as it is; a whole number as a constant."""
    return value if isinstance(value, Expression) else Constant(int(value))


def _arguments_of(e: Expression) -> list[Argument]:
    if isinstance(e, Argument):
        return [e]
    found: list[Argument] = []
    kind: Any = type(e)
    for a in attrs.fields(kind):
        value = getattr(e, a.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Expression):
                found += _arguments_of(part)
    return found
