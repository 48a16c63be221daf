"""The features of one case, by a short way where nothing is amiss.

The short way is written from the declarations of `riskbands.vocabulary.features`: one function
for the features that a predictor reads, without a call for each. It tells a feature only if nothing
is in doubt; where anything is missing, out of its domain or given twice, the long way of
`riskbands.derivation.derive` finds out what holds.
"""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from riskbands.derivation.derive import ABSENT, Derivation, Input
from riskbands.vocabulary.features import feature, same
from riskbands.vocabulary.fields import Kind, field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from riskbands.derivation.derive import Check, Found, Truth
    from riskbands.errors import Issue
    from riskbands.vocabulary.features import Feature

__all__ = ["CaseEvaluation"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class _Known(dict[str, "int | None"]):
    """Codes of fields (``".name"``) and features (``"name"``), each when it is first asked for.

    None is a field that is missing, or a feature the short way does not tell.
    """

    __slots__ = ("given",)

    def __init__(self, given: Callable[[str], Any]) -> None:
        #: Gives the value of a field, or None.
        self.given = given

    def __missing__(self, item: str) -> int | None:
        _short_way((item,))(self)
        return self[item]


class CaseEvaluation(Derivation):
    """An `Derivation` of one case.

    Args:
        values: Values of fields by name; what is not there, or None, is missing.
        faults: Issues; those of one field are of a field that could not be read.
    """

    one = True

    def __init__(self, values: Mapping[str, Any], faults: tuple[Issue, ...] = ()) -> None:
        super().__init__(_NOTHING)
        self._known = _Known(values.get)
        self._short = not faults
        self._unread = faults

    def field(self, name: str) -> Input:
        """A field's code, validity and faults."""
        for fault in self._unread:
            if fault.fields == (name,):
                return Input(0, False, {fault.code: True})
        code = self._known["." + name]
        return ABSENT if code is None else Input(code, True)

    def value(self, name: str) -> tuple[Any, Truth]:
        """A feature's value and whether it is valid."""
        value = self._known[name] if self._short else None
        return super().value(name) if value is None else (value, True)

    def _derive(self, f: Feature) -> tuple[Any, Truth]:
        """The long way; what it tells is known before another thread can see that it is valid."""
        found = super()._derive(f)
        if self._short and found[1] is True:
            self._known[f.name] = found[0]
        return found

    def valid(self, names: Iterable[str]) -> Truth:
        """Whether all these features are valid and inside their domains."""
        names, known = tuple(names), self._known
        if self._short and _short_way(names, not known)(known):
            return True
        return super().valid(names)

    @property
    def sure(self) -> Callable[[str], Any]:
        """Reads values of features that are known to be valid."""
        return self._known.__getitem__ if self._short else self.read

    def read(self, name: str) -> Any:
        """A feature's value alone; meaningless where it is not valid."""
        value = self._known[name] if self._short else None
        return super().read(name) if value is None else value

    def broken(self, rules: Iterable[Check]) -> list[Found]:
        """Issues of the rules that are broken."""
        if not self._short:
            return super().broken(rules)
        known, found = self._known, []
        for rule in rules:
            if rule.unless is not None and known[rule.unless] == 1:
                continue
            values = [known[item] for item in rule.inputs]
            if self.check(rule) if None in values else rule.fails(*values):
                found.append((rule.issue(), True))
        return found


_ShortWay: TypeAlias = "Callable[[_Known], bool]"


@cache
def _short_way(items: tuple[str, ...], first: bool = False) -> _ShortWay:
    """Works items out and keeps them; returns whether none of them is None.

    Args:
        items: Features (``"name"``) and fields (``".name"``).
        first: Whether nothing is known yet, so that it need not be looked for.
    """
    writer = _Writer(first)
    found = [f"{writer.needed(item)} is not None" for item in items]
    body = [*writer.lines, f"return {' and '.join(found) or True}"]
    head = ["def short_way(known):", "given = known.given"]
    text = "\n    ".join([*head, *body])
    exec(text, writer.names)  # noqa: S102 - of declarations alone; nothing a caller gave is in it
    written: _ShortWay = writer.names["short_way"]
    return written


class _Writer:
    """Writes the statements that work items out, each after those it needs."""

    def __init__(self, first: bool) -> None:
        self._first = first
        self.lines: list[str] = []
        #: What the statements call.
        self.names: dict[str, Any] = {}
        self._variables: dict[str, str] = {}

    def needed(self, item: str) -> str:
        """The variable of an item, whose statements are written if they are not yet."""
        if item not in self._variables:
            statements = self._field(item[1:]) if item[0] == "." else self._feature(item)
            variable = f"v{len(self._variables)}"
            self._variables[item] = variable
            written = [s.replace("$", variable) for s in statements]
            # A None of this thread must not hide what another found meanwhile, nor the reverse.
            written += [f"if {variable} is None:", f"    known.setdefault({item!r})"]
            written += ["else:", f"    known[{item!r}] = {variable}"]
            if not self._first:
                head = [f"if {item!r} in known:", f"    {variable} = known[{item!r}]", "else:"]
                written = head + ["    " + line for line in written]
            self.lines += written
        return self._variables[item]

    def _named(self, value: Any) -> str:
        name = f"n{len(self.names)}"
        self.names[name] = value
        return name

    def _field(self, name: str) -> list[str]:
        """Statements that give ``$`` the code of a field, as `Field.encode` does."""
        f = field(name)
        if f.kind is Kind.DATE:
            code = "$.year << 9 | $.month << 5 | $.day"
        elif f.kind is Kind.ENUM:
            code = f"{self._named({v: i for i, v in enumerate(f.values)})}[$]"
        elif f.kind is Kind.OFFENCE_GROUP:
            code = f"{self._named(f.encode)}($)"
        else:
            code = "int($)"
        return [f"$ = given({name!r})", "if $ is not None:", f"    $ = {code}"]

    def _feature(self, name: str) -> list[str]:
        """Statements that give ``$`` the value of a feature, or None for the long way."""
        f = feature(name)
        statements: list[str] = []
        rivals = [i for s in f.sources[1:] for i in s.inputs if i[0] == "."] if f.agree else []
        for source in f.sources:
            values = [self.needed(item) for item in source.inputs]
            conditions = [f"{v} is not None" for v in values]
            conditions += [f"{self.needed(item)} is None" for item in (*rivals, *source.absent)]
            if source.when is not None:
                conditions.append(f"{self._named(source.when)}({', '.join(values)})")
            value = f"{self._named(source.derive)}({', '.join(values)})"
            if source.derive is same:
                (value,) = values
            word = "elif" if statements else "if"
            statements += [f"{word} {' and '.join(conditions) or True}:", f"    $ = {value}"]
            if any(item[0] != "." for item in source.inputs):
                break  # whether that feature is missing, only the long way knows
        statements += ["else:", "    $ = None"]
        if f.low is not None:
            statements += [f"if $ is not None and not {f.low} <= $ <= {f.high}:", "    $ = None"]
        return statements
