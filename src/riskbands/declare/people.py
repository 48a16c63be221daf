"""What may be said of a person: the fields of a declaration, and the names its rules may use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from riskbands.declare.asked import FIELD_KEYS, read_field
from riskbands.declare.conditions import Noted, Parsed, Refused, Thing, parse
from riskbands.declare.faults import Faults, Node, nearest
from riskbands.vocabulary.feature import Feature, Source, feature_of_field, or_else
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from riskbands.declare.faults import Path
    from riskbands.vocabulary.fields import Field

__all__ = ["Budget", "People"]

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}", re.ASCII)
#: What a name must be, in words.
WORD: Final = (
    "must be a word of lower-case letters, digits and _ that begins with a letter, at most 60 of "
    "them"
)
#: Steps from a field to a feature, whichever is written first.
_DEEPEST: Final = 25
_TOO_DEEP: Final = (
    f"is derived in more than {_DEEPEST} steps, each from the one before: put several into one "
    "formula"
)
_OF_SCORE: Final = ("points", "score", "percent", "percentage", "probability", "band")
#: A case may always carry its identifier, which nothing reads.
IDENTIFIER: Final = "case_id"
#: Ways from a feature to the fields it comes from.
_MOST_WAYS: Final = 20_000
#: Entries of all look-up tables of a file.
_MOST_ENTRIES: Final = 4_000_000


class Budget:
    """What look-up tables of a file, and of those it names, have together.

    Attributes:
        spent: Their entries so far.
    """

    def __init__(self) -> None:
        self.spent = 0


class People:
    """Fields and features of an instrument while it is read.

    A name is looked up among the derived features, the fields of the file, and then those that are
    built in. Only what is used goes into the vocabulary.

    Args:
        ident: Id of the instrument.
        root: The declaration.
        budget: What look-up tables of this file, and of those it names, may still have.
    """

    def __init__(self, ident: str, root: Node, budget: Budget | None = None) -> None:
        self.ident = ident
        self.faults: Faults = root.faults
        self.fields: dict[str, Field] = {}
        self.features: dict[str, Feature] = {}
        self._defaults: dict[str, str] = {}
        #: Derived features and outputs that are still to be made, by name.
        self.makers: dict[str, Callable[[], str | None]] = {}
        #: Percentages of other instruments, which only terms of points may read.
        self.reads: dict[str, Feature] = {}
        #: Of features whose categories have no order: what to write where it matters.
        self.unordered: dict[str, str] = {}
        self._open: list[str] = []
        self._ways: dict[str, int] = {}
        self._steps: dict[str, int] = {}
        self._budget = Budget() if budget is None else budget
        #: Fields and features that are built in and read here.
        self.used: dict[str, None] = {}
        self._broken = {name for name, _ in root.tables("field")}
        for name, node in root.tables("field"):
            self._field(name, node)
        self._broken -= self.fields.keys()
        self._check_columns(root)

    # -- fields ------------------------------------------------------------------------------

    def _field(self, name: str, node: Node) -> None:
        node.only(*FIELD_KEYS)
        if not self.named(name, node.path):
            return
        if name == IDENTIFIER:
            node.fault("is what identifies a case, and no field: leave it out")
            return
        found = read_field(name, node)
        if found is None:
            return
        self.fields[name] = found
        if node.has("when_missing"):
            self._default(name, node)

    def _check_columns(self, root: Node) -> None:
        """Note columns that two fields would be read from; capitals do not matter."""
        owner = {name: name for name in self.fields}
        for name, f in self.fields.items():
            for n, column in enumerate(f.columns):
                other = owner.setdefault(column.strip().lower(), name)
                if other != name:
                    text = f"is a column of {other} already: one column is one field"
                    root.fault(text, "field", name, "columns", n)

    def _default(self, name: str, node: Node) -> None:
        """A field that counts as some answer when it is missing."""
        f = feature_of_field(self.fields[name])
        if f is None or f.low is None or f.high is None:
            node.fault("no date can stand in for a missing one", "when_missing")
            return
        if f.categories:
            word = node.choice("when_missing", f.categories)
            if not word:
                return
            value = f.categories.index(word)
        else:
            found = node.units("when_missing", f.decimals, f.low, f.high)
            if found is None:
                return
            value, word = found, f.describe(found)
        new = f"{self.ident}_{name}_or_{value}"
        meaning = f"{f.meaning or name}, {word} when not recorded"
        self._defaults[name] = new
        self.features[new] = Feature(
            new,
            or_else(name, value),
            f.low,
            f.high,
            categories=f.categories,
            meaning=meaning,
            decimals=f.decimals,
            shown=name,
        )

    def named(self, name: str, path: Path) -> bool:
        """Whether a name is a word; a fault otherwise."""
        good = NAME.fullmatch(name) is not None
        if not good:
            self.faults.add(path, f"a name {WORD}")
        return good

    # -- names -------------------------------------------------------------------------------

    def known(self) -> list[str]:
        """Names that rules may use, those of the file first."""
        return [*self.makers, *self.features, *self.reads, *self.fields, *built_in().features]

    def thing(self, name: str) -> Thing | None:
        """What a name stands for, or None."""
        if name in self.makers:
            made = self._make(name)
            if made is None or made in self.features:
                return None if made is None else Thing(made, self.features[made])
            return self.thing(made)
        name = self._defaults.get(name, name)
        if name in self.features:
            return Thing(name, self.features[name])
        for there in (self.fields, built_in().fields):
            if name in there:
                self.used[name] = None
                f = feature_of_field(there[name])
                if there is not self.fields:
                    f = built_in().features.get(name)
                return Thing(name, f) if f is not None else Thing(f".{name}", None)
        if name in built_in().features:
            self.used[name] = None
            return Thing(name, built_in().features[name])
        return None

    def _make(self, name: str) -> str | None:
        if name in self._open:
            raise Refused(f"comes from itself: {' from '.join([*self._open, name][:6])}")
        if len(self._open) >= _DEEPEST:
            raise Refused(_TOO_DEEP)
        self._open.append(name)
        try:
            made = self.makers[name]()
        finally:
            self._open.pop()
        self.makers[name] = lambda: made
        return made

    def look_up(self, name: str) -> Thing:
        """What a name stands for.

        Raises:
            Refused: It is not known.
        """
        if name in self._broken and name not in self.makers:
            raise Noted
        if name in self.reads:
            raise Refused(
                f"reads {name}, the percentage of another instrument: only a term of a score of "
                "points may"
            )
        found = self.thing(name)
        if found is None:
            if name in self.makers:
                raise Noted
            if not NAME.fullmatch(name):
                raise Refused(
                    f"reads {name[:100]!r}, which is no name: a formula stands in [derived], and a "
                    'logarithm is kind = "log"'
                )
            hint = self._answer(name) or self.hint(name)
            raise Refused(f"reads {name[:100]!r}, which is not declared; {hint}")
        if found.feature is not None and not found.feature.sources:
            raise Refused(
                f"reads {name}, the percentage of another instrument: declare it in [reads.{name}]"
            )
        order = self.unordered.get(found.item, "")
        return attrs.evolve(found, order=order) if order else found

    def plain(self, name: str) -> Thing:
        """What a name stands for; a field as such, with its faults.

        Raises:
            Refused: It is not known.
        """
        found = self.look_up(name)
        f = found.feature
        return Thing(f".{f.name}", f) if f is not None and f.is_field else found

    def _answer(self, name: str) -> str:
        """What to write where a name is an answer of a field or a result; or an empty text."""
        if name in _OF_SCORE:
            return (
                "the points or percentage of [score] have bands; what else comes from them is an "
                "[[output]] with terms of its own"
            )
        declared = (f.values for f in self.fields.values())
        derived = (f.categories for f in self.features.values())
        used = (built_in().features[n].categories for n in self.used if n in built_in().features)
        if name in {word for words in (*declared, *derived, *used) for word in words}:
            return f"a category stands in quotation marks: '{name}'"
        return ""

    def hint(self, name: str) -> str:
        """The nearest names, those of the file before those that are built in."""
        names = (*self.makers, *self.fields, *self.reads, *sorted(self._broken))
        own = [n for n in names if NAME.fullmatch(n)]
        found = nearest(name, own)
        return (
            found
            if own and found.startswith("did")
            else nearest(name, [*own, *built_in().features])
        )

    def feature(self, name: str, path: Path, *, percentages: bool = False) -> Feature | None:
        """The feature of a name; a fault where there is none.

        Args:
            name: The name.
            path: Where it stands.
            percentages: Whether it may be the percentage of another instrument.
        """
        if percentages and name in self.reads:
            return self.reads[name]
        try:
            found = self.look_up(name)
        except Noted:
            return None
        except Refused as refused:
            self.faults.add(path, str(refused))
            return None
        if found.feature is None:
            self.faults.add(path, f"{name} is a date and cannot be counted: derive years or months")
            return None
        if found.feature.low is None or found.feature.high is None:
            self.faults.add(path, f"{name} has no range")
            return None
        return found.feature

    def parsed(
        self,
        text: str,
        path: Path,
        *,
        truth: bool = True,
        inputs: tuple[str, ...] = (),
        plain: bool = False,
    ) -> Parsed | None:
        """A condition or formula; a fault where it cannot be read.

        Args:
            text: The text.
            path: Where it stands.
            truth: Whether it must be a condition.
            inputs: What it is given to read already, in this order.
            plain: Whether it reads a field as such (``".name"``) and not as a feature.
        """
        if not text:
            self.faults.add(path, "must be a condition, such as age >= 18")
            return None
        try:
            found = parse(text, self.plain if plain else self.look_up, inputs)
        except Noted:
            return None
        except Refused as refused:
            self.faults.add(path, str(refused))
            return None
        if truth and not found.truth:
            self.faults.add(path, "is a number, not a condition")
            return None
        return found

    def spend(self, entries: int, path: Path) -> bool:
        """Whether tables of so many entries still fit the file; a fault the first time not."""
        budget = self._budget
        before, budget.spent = budget.spent, budget.spent + entries
        if before <= _MOST_ENTRIES < budget.spent:
            self.faults.add(
                path, f"the tables of the file have more than {_MOST_ENTRIES:,} entries with this"
            )
        return budget.spent <= _MOST_ENTRIES

    def answers(self, items: Iterable[str]) -> tuple[str, ...]:
        """The fields of the file that features and fields (``".name"``) come from."""
        seen: dict[str, None] = {}
        todo = list(items)
        while todo:
            item = todo.pop()
            if item in seen:
                continue
            seen[item] = None
            feature = self.features.get(item)
            for source in () if feature is None else feature.sources:
                todo += (*source.inputs, *source.absent)
        named = {item.removeprefix(".") for item in seen if item not in self.features}
        return tuple(name for name in self.fields if name in named)

    def add(self, feature: Feature) -> str:
        """Keep a feature; gives its name.

        What is missing is looked for along every way from a feature to its fields, step by step. So
        a feature with very many of them, or of very many steps, is a fault.
        """
        self.features[feature.name] = feature
        read = [i for s in feature.sources for i in (*s.inputs, *s.absent)]
        steps = 1 + max((self._steps.get(i, 0) for i in read), default=0)
        if steps == _DEEPEST + 1:  # said of the first; what follows from it is deeper still
            self.faults.add(("derived", feature.name), _TOO_DEEP)
        self._steps[feature.name] = steps
        ways = sum(self._ways_of(i) for i in read)
        if ways > _MOST_WAYS:
            self.faults.add(
                ("derived", feature.name),
                f"comes from its fields in more than {_MOST_WAYS:,} ways: derive it in fewer steps",
            )
            ways = 1
        self._ways[feature.name] = ways or 1
        return feature.name

    def _ways_of(self, item: str) -> int:
        """In how many ways something comes from fields; a built-in feature counts once."""
        return self._ways.get(item, 1)

    def fresh(self, name: str) -> str:
        """A name for a feature, which no other has."""
        taken = (self.features, self.fields, self.reads, self.makers, built_in().features)
        while any(name in there for there in taken):
            name += "_result"
        return name

    def yes_no(self, name: str, parsed: Parsed, meaning: str, shown: str = "") -> str:
        """Keep a condition as a feature of 0 and 1.

        Args:
            name: Its name.
            parsed: The condition.
            meaning: What it is.
            shown: What people read in place of a name that was made up.
        """
        from riskbands.vocabulary.expressions import Flag

        return self.add(
            Feature(
                name,
                (Source(parsed.inputs, Flag(parsed.rule)),),
                0,
                1,
                categories=("no", "yes"),
                meaning=meaning,
                shown=" ".join(shown.split()),
            )
        )
