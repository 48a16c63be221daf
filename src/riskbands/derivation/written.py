"""The features of one case, by a fast path where nothing is missing or wrong.

The fast path is one Python function, written from the declarations of the features that a predictor
reads: a call for each feature would cost more than its arithmetic. It answers only where nothing
is in doubt. Where a field is missing, out of its domain or given twice,
`riskbands.derivation.derive` finds out what holds.

The written source names its variables after the features. A traceback shows it, and so does
``print(source_of(vocabulary, ("age_at_follow_up",)))``.
"""

from __future__ import annotations

import builtins
import itertools
import keyword
import linecache
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from riskbands.derivation.checks import Rules
from riskbands.derivation.derive import ABSENT, Derivation, Input
from riskbands.errors import TableError
from riskbands.vocabulary.expressions import FUNCTIONS
from riskbands.vocabulary.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from riskbands.derivation.checks import Check, Questions
    from riskbands.derivation.derive import Found, Truth
    from riskbands.errors import Issue
    from riskbands.vocabulary.expressions import Expression
    from riskbands.vocabulary.feature import Feature
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["CaseDerivation", "source_of"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_FILES = itertools.count(1)
#: What the written text calls otherwise: its own names, functions, and those that begin so.
_TAKEN = frozenset({"known", "given", "fast_path", *FUNCTIONS})
_PREFIXES = ("given_", "asked_", "table_", "places_of_", "code_of_")


class _Known(dict[str, "int | None"]):
    """Codes of fields (``".name"``) and features (``"name"``), worked out when first asked for.

    None means that the field is missing, or that the fast path cannot decide the feature.
    """

    __slots__ = ("given", "vocabulary")

    def __init__(self, given: Callable[[str], Any], vocabulary: Vocabulary) -> None:
        #: Gives the value of a field, or None.
        self.given = given
        self.vocabulary = vocabulary

    def __missing__(self, item: str) -> int | None:
        _fast_path(self.vocabulary, (item,))(self)
        return self[item]


class CaseDerivation(Derivation):
    """A `Derivation` of one case.

    Args:
        values: Values of fields by name; what is not there, or None, is missing.
        faults: Issues; an issue of one field says that the field could not be read.
        vocabulary: The fields and features there are; by default the built-in ones.
    """

    one = True

    def __init__(
        self,
        values: Mapping[str, Any],
        faults: tuple[Issue, ...] = (),
        vocabulary: Vocabulary | None = None,
    ) -> None:
        super().__init__(_NOTHING, vocabulary)
        self._values = values
        self._known = _Known(values.get, self.vocabulary)
        self._fast = not faults
        self._unread = faults
        self._under: dict[Vocabulary, CaseDerivation] | None = None

    def under(self, vocabulary: Vocabulary) -> CaseDerivation:
        """The same case read with another vocabulary: fields they share keep their values.

        Raises:
            TableError: A field that is given means something else in the other vocabulary.
        """
        if vocabulary is self.vocabulary:
            return self
        if self._under is None:
            self._under = {}
        found = self._under.get(vocabulary)
        if found is None:
            ours = self.vocabulary.fields
            clash = [
                name
                for name, f in vocabulary.fields.items()
                if name in ours and ours[name] != f and self._values.get(name) is not None
            ]
            if clash:
                raise TableError(
                    f"{', '.join(clash)} of this case means something else for the instrument: "
                    "give the instrument's own case, a mapping of its fields"
                )
            faults = tuple(i for i in self._unread if set(i.fields) <= vocabulary.fields.keys())
            found = CaseDerivation(self._values, faults, vocabulary)
            self._under[vocabulary] = found
        return found

    def field(self, name: str) -> Input:
        """A field's code, validity and faults."""
        for fault in self._unread:
            if fault.fields == (name,):
                return Input(0, False, {fault.code: True})
        if name not in self.vocabulary.fields:
            return ABSENT
        code = self._known["." + name]
        return ABSENT if code is None else Input(code, True)

    def value(self, name: str) -> tuple[Any, Truth]:
        """A feature's value and whether it is valid."""
        value = self._known[name] if self._fast else None
        return super().value(name) if value is None else (value, True)

    def _derive(self, f: Feature) -> tuple[Any, Truth]:
        """Work a feature out without the fast path."""
        found = super()._derive(f)
        if self._fast and found[1] is True:
            # Before another thread can see that the feature is valid, its value must be there.
            self._known[f.name] = found[0]
        return found

    def valid(self, names: Iterable[str]) -> Truth:
        """Whether all these features are valid and inside their domains."""
        names, known = tuple(names), self._known
        if self._fast and _fast_path(self.vocabulary, names, not known)(known):
            return True
        return super().valid(names)

    def sound(self, names: tuple[str, ...], rules: Rules) -> bool:
        """Whether it is plain that features are valid and rules hold; False says nothing."""
        known = self._known
        if known or not self._fast:
            return False
        key = self.vocabulary, names
        path = rules.paths.get(key)
        if path is None:
            writer = _Writer(self.vocabulary, first=True)
            text = writer.sound(names, rules)
            path = rules.paths[key] = _compiled(text, writer.names, "a case")
        return bool(path(known))

    def picked(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Features that are known to be valid, by name."""
        return _picker(names)(self._known) if self._fast else super().picked(names)

    @property
    def sure(self) -> Callable[[str], Any]:
        """Reads values of features that are known to be valid."""
        return self._known.__getitem__ if self._fast else self.read

    def answers(self, questions: Questions) -> tuple[bool, ...]:
        """The answers to questions about the case."""
        found: tuple[bool, ...] | None = None
        if self._fast:
            path = questions.paths.get(self.vocabulary)
            found = (path or _questions_path(self.vocabulary, questions))(self._known)
        return super().answers(questions) if found is None else found

    def read(self, name: str) -> Any:
        """A feature's value alone; meaningless where it is not valid."""
        value = self._known[name] if self._fast else None
        return super().read(name) if value is None else value

    def broken(self, rules: Iterable[Check]) -> list[Found]:
        """Issues of the rules that are broken."""
        if not self._fast:
            return super().broken(rules)
        known = self._known
        found: list[Found] = []
        if isinstance(rules, Rules):
            path = rules.paths.get(self.vocabulary) or _rules_path(self.vocabulary, rules)
            if path(known):
                return found
        for rule in rules:
            if rule.unless is not None and known[rule.unless] == 1:
                continue
            values = [known[item] for item in rule.inputs]
            if self.check(rule) if None in values else rule.fails(*values):
                found.append((rule.issue(self.vocabulary), True))
        return found


_FastPath: TypeAlias = "Callable[[_Known], Any]"


@cache
def _fast_path(vocabulary: Vocabulary, items: tuple[str, ...], first: bool = False) -> _FastPath:
    """Works items out and keeps them; returns whether none of them is None.

    Args:
        vocabulary: Where they are declared.
        items: Features (``"name"``) and fields (``".name"``).
        first: Whether nothing is known yet, so that it need not be looked for.
    """
    writer = _Writer(vocabulary, first)
    text = writer.function(items)
    return _compiled(text, writer.names, ", ".join([*items[:3], *["..."][: len(items) > 3]]))


@cache
def _picker(names: tuple[str, ...]) -> Callable[[_Known], dict[str, Any]]:
    """Gives known values by name."""
    text = f"def fast_path(known): return {{{', '.join(f'{n!r}: known[{n!r}]' for n in names)}}}\n"
    return _compiled(text, {}, "values")


def _rules_path(vocabulary: Vocabulary, rules: Rules) -> _FastPath:
    """Returns whether all rules are sure to hold; kept with the rules."""
    writer = _Writer(vocabulary, first=False)
    text = writer.rules(rules)
    path = rules.paths[vocabulary] = _compiled(text, writer.names, f"{len(rules)} rules")
    return path


def _questions_path(vocabulary: Vocabulary, questions: Questions) -> _FastPath:
    """Returns the answers, or None where a feature is undecided; kept with the questions."""
    writer = _Writer(vocabulary, first=False)
    text = writer.questions(questions)
    path = questions.paths[vocabulary] = _compiled(
        text, writer.names, f"{len(questions)} questions"
    )
    return path


def _compiled(text: str, names: dict[str, Any], what: str) -> _FastPath:
    """The function of a text, which tracebacks can show."""
    file = f"<riskbands: {what} #{next(_FILES)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    # The text comes from declarations alone. Nothing that a caller gave is in it.
    exec(compile(text, file, "exec"), names)  # noqa: S102
    written: _FastPath = names["fast_path"]
    return written


def source_of(vocabulary: Vocabulary, items: tuple[str, ...]) -> str:
    """The source of the fast path of features (``"name"``) and fields (``".name"``)."""
    return _Writer(vocabulary, first=True).function(items)


def _variable(feature: str) -> str:
    """The variable of a feature: its name, unless the text has that for something else.

    Names of features have no capital, so that none of them is ever the variable of another.
    """
    taken = keyword.iskeyword(feature) or hasattr(builtins, feature) or feature in _TAKEN
    return f"F_{feature}" if taken or feature.startswith(_PREFIXES) else feature


class _Writer:
    """Writes the statements that work items out, each after those it needs."""

    def __init__(self, vocabulary: Vocabulary, first: bool) -> None:
        self._vocabulary = vocabulary
        self._first = first
        self._lines: list[str] = []
        #: What the statements call.
        self.names: dict[str, Any] = {}
        self._variables: dict[str, str] = {}

    def function(self, items: tuple[str, ...]) -> str:
        """The whole function; it returns whether the values are all there."""
        names = [self._needed(item) for item in items]
        result = " and ".join(f"{name} is not None" for name in names) or "True"
        body = ["given = known.given", *self._lines, f"return {result}"]
        return "\n    ".join(["def fast_path(known):", *body]) + "\n"

    def sound(self, names: tuple[str, ...], rules: tuple[Check, ...]) -> str:
        """The function that tells whether features are there and all rules are sure to hold."""
        for variable in [self._needed(name) for name in names]:
            self._lines += [f"if {variable} is None:", "    return False"]
        return self.rules(rules)

    def rules(self, rules: tuple[Check, ...]) -> str:
        """The function that tells whether all rules are sure to hold."""
        conditions = []
        for rule in rules:
            values = [self._needed(item) for item in rule.inputs]
            condition = f"({self._rule(rule.fails, values)})"
            for item, value in zip(rule.inputs, values, strict=True):
                # A rule is not broken where a field is missing. Where a feature is None, nobody
                # knows yet.
                condition = (
                    f"{value} is not None and {condition}"
                    if item[0] == "."
                    else f"({value} is None or {condition})"
                )
            if rule.unless is not None:
                condition = f"{self._needed(rule.unless)} != 1 and {condition}"
            conditions.append(f"if {condition}:")
            conditions.append("    return False")
        body = ["given = known.given", *self._lines, *conditions, "return True"]
        return "\n    ".join(["def fast_path(known):", *body]) + "\n"

    def questions(self, questions: Questions) -> str:
        """The function that answers questions; None where a feature is undecided."""
        items = dict.fromkeys(item for read, _ in questions for item in read)
        there = [item for item in items if self._vocabulary.has(item)]
        variables = dict.fromkeys(items, "-1")
        # A feature that is None may be valid all the same: then the long way answers.
        for item in [item for item in there if item[0] != "."]:
            variables[item] = self._needed(item)
            self._lines += [f"if {variables[item]} is None:", "    return None"]
        for item in [item for item in there if item[0] == "."]:
            # What nothing else reads is not kept, which takes longer than reading it.
            variables[item] = variable = f"asked_{item[1:]}"
            self._lines += self._field(item[1:], variable)
            self._lines += ["else:", f"    {variable} = -1"]
        answers = [self._rule(rule, [variables[i] for i in read]) for read, rule in questions]
        result = "".join(f"bool({answer}), " for answer in answers)
        body = ["given = known.given", *self._lines, f"return ({result})"]
        return "\n    ".join(["def fast_path(known):", *body]) + "\n"

    def _needed(self, item: str) -> str:
        """The variable of an item; its statements are written if they are not there yet."""
        if item not in self._variables:
            variable = f"given_{item[1:]}" if item[0] == "." else _variable(item)
            if item[0] == ".":
                statements = self._field(item[1:], variable)
            else:
                statements = self._feature(item, variable)
            self._variables[item] = variable
            # Another thread may have stored a value already: keep it.
            statements += [f"if {variable} is None:", f"    known.setdefault({item!r})"]
            statements += ["else:", f"    known[{item!r}] = {variable}"]
            if not self._first:
                head = [f"if {item!r} in known:", f"    {variable} = known[{item!r}]", "else:"]
                statements = head + ["    " + line for line in statements]
            self._lines += statements
        return self._variables[item]

    def _named(self, name: str, value: Any) -> str:
        self.names[name] = value
        return name

    def _field(self, name: str, variable: str) -> list[str]:
        """Statements that give the variable the code of a field, as `Field.encode` does."""
        f = self._vocabulary.field(name)
        match f.kind:
            case Kind.DATE:
                code = f"{variable}.year << 9 | {variable}.month << 5 | {variable}.day"
            case Kind.DECIMAL:
                code = f"int({variable}.scaleb({f.decimals}))"
            case Kind.ENUM:
                places = {value: place for place, value in enumerate(f.values)}
                code = f"{self._named(f'places_of_{name}', places)}[{variable}]"
            case Kind.OFFENCE_GROUP:
                code = f"{self._named(f'code_of_{name}', f.encode)}({variable})"
            case _:
                code = f"int({variable})"
        return [
            f"{variable} = given({name!r})",
            f"if {variable} is not None:",
            f"    {variable} = {code}",
        ]

    def _feature(self, name: str, variable: str) -> list[str]:
        """Statements that give the variable the value of a feature, or None where in doubt."""
        f = self._vocabulary.feature(name)
        rivals = [i for s in f.sources[1:] for i in s.inputs if i[0] == "."] if f.agree else []
        branches: list[str] = []
        unavailable: list[str] = []
        for place, source in enumerate(f.sources):
            values = [self._needed(item) for item in source.inputs]
            conditions = [*unavailable, *(f"{v} is not None" for v in values)]
            lacking = [*source.absent, *(rivals if place == 0 else ())]
            conditions += [f"{self._needed(item)} is None" for item in lacking]
            if source.when is not None:
                conditions.append(self._rule(source.when, values, outer=2))
            word = "elif" if branches else "if"
            branches += [
                f"{word} {' and '.join(conditions) or True}:",
                f"    {variable} = {self._rule(source.derive, values)}",
            ]
            if not f.agree and all(item[0] == "." for item in source.inputs):
                continue
            # The next source is used where this one is known to be unavailable: a field that is
            # None is missing, but a feature that is None may only be undecided.
            fields = [self._needed(item) for item in source.inputs if item[0] == "."]
            if not fields:
                break
            unavailable.append(f"({' or '.join(f'{v} is None' for v in fields)})")
        statements = [*branches, "else:", f"    {variable} = None"]
        if f.low is not None:
            statements += [
                f"if {variable} is not None and not {f.low} <= {variable} <= {f.high}:",
                f"    {variable} = None",
            ]
        return statements

    def _rule(self, rule: Expression, values: list[str], outer: int = 0) -> str:
        return rule.python(values, self.names, one=True, outer=outer)
