"""Working out features from inputs, for one case or a block of a cohort, by one piece of code.

A case's inputs are whole numbers and truths; a block's are arrays and masks. Every value comes
with a truth that says where it is valid; what stands where it is not valid means nothing. Faults
are collected as issues with the rows they concern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from riskbands._byfields import ByFields
from riskbands.arithmetic.truth import both, either, negate, some, where
from riskbands.arithmetic.units import in_decimals
from riskbands.errors import Issue
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from riskbands.derivation.checks import Check, Questions, Rules
    from riskbands.vocabulary.feature import Feature, Source
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["ABSENT", "Derivation", "Found", "Input", "Truth"]

#: ``True``, ``False`` or a boolean array.
Truth: TypeAlias = Any
#: An issue and where it holds.
Found: TypeAlias = "tuple[Issue, Truth]"


@attrs.frozen(eq=False, repr=False)
class Input(ByFields):
    """One field of a case or a block: codes, where they are valid, and the faults elsewhere.

    Attributes:
        values: A whole number or an integer array; meaningless where not valid.
        valid: Where a value was given and could be read.
        faults: Where a value was given and could not be read, by code (``malformed``, ...).
        ranged: Whether what is valid is known to be inside the field's range.
    """

    values: Any
    valid: Truth
    faults: Mapping[str, Truth] = attrs.field(factory=dict)
    ranged: bool = False


#: Rows from which on a rule is compiled anew for narrow arrays.
_MANY = 4096
#: The input of a field that was not given.
ABSENT = Input(0, False)


class Derivation:
    """Features and checks of one case or one block, each worked out once.

    Args:
        inputs: Fields by name; one that is not there counts as missing everywhere.
        vocabulary: The fields and features there are; by default the built-in ones.
    """

    #: Whether features are whole numbers, of one case.
    one = False
    #: What adds up the terms of a scorecard where they are not looked up; see
    #: `riskbands.instruments.sql`.
    sums: Any = None

    def __init__(self, inputs: Mapping[str, Input], vocabulary: Vocabulary | None = None) -> None:
        self._inputs = inputs
        self.vocabulary = built_in() if vocabulary is None else vocabulary
        self._features: dict[str, tuple[Any, Truth]] = {}
        self._faults: dict[str, list[Found]] = {}
        self._checks: dict[int, tuple[Check, Truth]] = {}
        #: Outcomes of predictors; those that work them out keep them here.
        self.outcomes: dict[Any, Any] = {}

    def field(self, name: str) -> Input:
        """A field's codes, validity and faults."""
        return self._inputs.get(name, ABSENT)

    def value(self, name: str) -> tuple[Any, Truth]:
        """A feature's values and where they are valid and inside its domain."""
        found = self._features.get(name)
        if found is None:
            found = self._features[name] = self._derive(self.vocabulary.feature(name))
        return found

    def valid(self, names: Iterable[str]) -> Truth:
        """Where all these features are valid and inside their domains."""
        known, ok = self._features, True
        for name in names:
            found = known.get(name) or self.value(name)
            if found[1] is not True:
                ok = both(ok, found[1])
        return ok

    def sound(self, names: tuple[str, ...], rules: Rules) -> bool:
        """Whether it is plain that features are valid and rules hold; False says nothing."""
        return False

    def picked(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Features that are known to be valid, by name."""
        return {name: self.read(name) for name in names}

    def read(self, name: str) -> Any:
        """A feature's values alone; meaningless where they are not valid."""
        found = self._features.get(name)
        return self.value(name)[0] if found is None else found[0]

    @property
    def sure(self) -> Callable[[str], Any]:
        """Reads values of features that are known to be valid somewhere."""
        return self.read

    def answers(self, questions: Questions) -> tuple[bool, ...]:
        """The answers to questions about one case."""
        return tuple([bool(rule(*map(self._peeked, items))) for items, rule in questions])

    def _peeked(self, item: str) -> Any:
        """The value of a field (``".name"``) or feature of one case; -1 where it is not valid."""
        value, valid = self._item(item) if self.vocabulary.has(item) else (-1, False)
        return value if valid is True else -1

    def _item(self, item: str) -> tuple[Any, Truth]:
        if item[0] == ".":
            given = self.field(item[1:])
            return given.values, given.valid
        return self.value(item)

    def _source(self, source: Source) -> tuple[Any, Truth]:
        values = []
        valid: Truth = True
        for item in source.inputs:
            value, there = self._item(item)
            if there is False:
                return 0, False
            values.append(value)
            valid = both(valid, there)
        for item in source.absent:
            valid = both(valid, negate(self.field(item[1:]).valid))
        if valid is False:
            return 0, False
        derive: Any = source.derive
        when: Any = source.when
        if not self.one and _are_many(values):
            narrow = self.vocabulary.narrowed(source)
            if narrow is not None and self._are_ranged(narrow.fields):
                values = narrow.arrays(values)
                derive, when = narrow.derive, narrow.when
        if when is not None:
            valid = both(valid, when(*values))
        return derive(*values), valid

    def _are_ranged(self, names: tuple[str, ...]) -> bool:
        """Whether what is valid of these fields is known to be inside their ranges."""
        for name in names:  # a loop, because this is asked for every feature of every block
            given = self.field(name)
            if not given.ranged and given.valid is not False:
                return False
        return True

    def _derive(self, f: Feature) -> tuple[Any, Truth]:
        value, valid = self._source(f.sources[0])
        for source in f.sources[1:]:
            if valid is True and not f.agree:
                break
            other, there = self._source(source)
            if f.agree:
                clash = both(both(valid, there), value != other)
                if some(clash):
                    all_fields = self.vocabulary.leaves_of(i for s in f.sources for i in s.inputs)
                    self._note(f, Issue("contradiction", all_fields, _clash(f)), clash)
                    valid = both(valid, negate(clash))
                    there = both(there, negate(clash))
            if there is not False:
                value = where(valid, value, other)
                valid = either(valid, there)
        if len(f.sources) > 1:  # A value that cannot be read does not count as missing.
            for name in self.vocabulary.withholding(f):
                for bad in self.field(name).faults.values():
                    valid = both(valid, negate(bad))
        return value, self._in_domain(f, value, valid)

    def _in_domain(self, f: Feature, value: Any, valid: Truth) -> Truth:
        if f.low is None or f.high is None or valid is False:
            return valid
        if f.is_field and self.field(f.name).ranged:
            return valid
        whole = not isinstance(value, int) and len(value) > 0
        fields = self.vocabulary.contained(f) if whole else None
        if fields is not None and self._are_ranged(fields):
            return valid
        if whole and f.low <= value.min() and value.max() <= f.high:
            return valid
        inside = (value >= f.low) & (value <= f.high)
        if inside is True or (inside is not False and inside.all()):
            return valid
        outside = both(valid, negate(inside))
        if not some(outside):
            return valid
        rest = outside
        for special, fault in f.faults.items():
            here = both(rest, value == special)
            if some(here):
                fields = fault.fields or self.vocabulary.leaves(f.name)
                self._note(f, Issue(fault.code, fields, fault.message), here)
                rest = both(rest, negate(value == special))
        for below, where_ in ((True, value < f.low), (False, value > f.high)):
            here = both(rest, where_)
            if some(here):
                self._note(f, self._domain_issue(f, below), here)
        return both(valid, inside)

    def _note(self, f: Feature, issue: Issue, rows: Truth) -> None:
        self._faults.setdefault(f.name, []).append((issue, rows))

    def _domain_issue(self, f: Feature, below: bool) -> Issue:
        fields = self.vocabulary.leaves(f.name)
        direct = len(f.sources) == 1 and f.sources[0].inputs == (f".{f.name}",)
        code = "out_of_range" if direct else f"{f.name}_out_of_range"
        what = f.meaning or f.name
        assert f.low is not None
        assert f.high is not None
        low, high = in_decimals(f.low, f.decimals), in_decimals(f.high, f.decimals)
        message = f"{what} must be from {low} to {high}: check {', '.join(fields)}"
        return Issue((f.below if below else f.above) or code, fields, message)

    def joined(self, issues: Iterable[Found], more: Iterable[Found]) -> list[Found]:
        """The issues of both, each listed once with the rows of both.

        Fields that are missing or cannot be read come first, both kinds in the order of the
        vocabulary, so that the issues of a row do not depend on the rows beside it.
        """
        found: dict[Issue, Truth] = {}
        for issue, rows in (*issues, *more):
            found[issue] = either(found.get(issue, False), rows)

        def order(of: Found) -> tuple[bool, list[int], str]:
            issue = of[0]
            whole = issue.code not in ("missing", "malformed", "out_of_range")
            return whole, [self.vocabulary.place(f) for f in issue.fields], issue.code

        return sorted(found.items(), key=order)

    def check(self, rule: Check) -> Truth:
        """Where the rule is broken."""
        known = self._checks.get(id(rule))
        if known is not None and known[0] is rule:
            return known[1]
        if rule.unless is not None:
            value, there = self.value(rule.unless)
            clear = both(there, value == 1)
            if clear is True or (clear is not False and clear.all()):
                self._checks[id(rule)] = (rule, False)
                return False
        values = []
        valid: Truth = True
        for item in rule.inputs:
            value, there = self._item(item)
            values.append(value)
            valid = both(valid, there)
        broken = False if valid is False else both(valid, rule.fails(*values))
        self._checks[id(rule)] = (rule, broken)
        return broken

    def broken(self, rules: Iterable[Check]) -> list[Found]:
        """Issues of the rules that are broken anywhere, with their rows."""
        found: list[Found] = []
        for rule in rules:
            known = self._checks.get(id(rule))
            rows = known[1] if known is not None and known[0] is rule else self.check(rule)
            if rows is not False and some(rows):
                found.append((rule.issue(self.vocabulary), rows))
        return found

    def unread(self, rules: Iterable[Check], rows: Truth = True) -> list[Found]:
        """Answers that cannot be read though rules need them, with their rows."""
        found: list[Found] = []
        for name in dict.fromkeys(name for rule in rules for name in rule.answers):
            left = rows
            for code, bad in self.field(name).faults.items():
                here = both(left, bad)
                if some(here):
                    found.append((self.vocabulary.field(name).issue(code), here))
                left = both(left, negate(bad))
        return found

    def faultless(self, names: Iterable[str], fields: Iterable[str]) -> bool:
        """Whether nothing is wrong with features, other than missing, in any row.

        Args:
            names: The features.
            fields: The fields that they can come from.
        """
        self.valid(names)
        return not self._faults and not any(self.field(name).faults for name in fields)

    def why_missing(self, names: Iterable[str], rows: Truth = True) -> list[Found]:
        """Why features are not valid: missing and unreadable fields, values out of domain.

        Args:
            names: Features.
            rows: Where it matters.

        Returns:
            Issues with their rows, those of fields in vocabulary order first.
        """
        blamed: dict[str, Truth] = {}
        found: list[Found] = []
        seen: dict[str, int] = {}
        for name in names:
            self._blame(name, rows, blamed, found, seen)
        result: list[Found] = []
        for name, f in self.vocabulary.fields.items():
            if name not in blamed:
                continue
            given = self.field(name)
            missing = both(blamed[name], negate(given.valid))
            for code, bad in given.faults.items():
                here = both(missing, bad)
                if some(here):
                    result.append((f.issue(code), here))
                missing = both(missing, negate(bad))
            if some(missing):
                result.append((f.issue("missing"), missing))
        return result + found

    def _blame(
        self,
        name: str,
        rows: Truth,
        blamed: dict[str, Truth],
        found: list[Found],
        seen: dict[str, int],
    ) -> None:
        """Add to ``blamed`` the fields, and to ``found`` the faults, behind a missing feature."""
        _, valid = self.value(name)
        rows = both(rows, negate(valid))
        if not some(rows):
            return
        for issue, bad in self._faults.get(name, []):
            here = both(rows, bad)
            if some(here):
                place = seen.setdefault(f"{name}/{issue.code}", len(found))
                if place == len(found):
                    found.append((issue, here))
                else:  # the same issue again: too low here, too high there, or by another way
                    found[place] = (issue, either(found[place][1], here))
                rows = both(rows, negate(bad))
        f = self.vocabulary.feature(name)
        if len(f.sources) > 1:
            told = self._blame_unreadable(self.vocabulary.withholding(f), rows, blamed)
            if some(told):  # what else cannot be read is said at once, and not after this is mended
                others = self.vocabulary.reach(i for s in f.sources for i in s.inputs)
                self._blame_unreadable(others, told, blamed)
            rows = both(rows, negate(told))
        if not some(rows):
            return
        for items, here in self._blamed_items(f, rows):
            for item in items:
                if item[0] != ".":
                    self._blame(item, here, blamed, found, seen)
                    continue
                lacking = both(here, negate(self.field(item[1:]).valid))
                if some(lacking):
                    blamed[item[1:]] = either(blamed.get(item[1:], False), lacking)

    def _blame_unreadable(
        self, names: Iterable[str], rows: Truth, blamed: dict[str, Truth]
    ) -> Truth:
        """Add to ``blamed`` the fields that cannot be read; returns in which rows there are any."""
        told: Truth = False
        for name in names:
            for bad in self.field(name).faults.values():
                here = both(rows, bad)
                if some(here):
                    blamed[name] = either(blamed.get(name, False), here)
                    told = either(told, here)
        return told

    def _blamed_items(self, f: Feature, rows: Truth) -> list[tuple[tuple[str, ...], Truth]]:
        """Inputs to name as missing, and in which rows.

        A row that holds ages and months instead of a date of birth is told which of those it
        lacks; any other is told which dates.
        """
        if f.blame_all:
            return [(tuple(i for s in f.sources for i in s.inputs), rows)]
        chosen = f.sources[f.blame].inputs
        if not f.agree:
            return [(chosen, rows)]
        direct: Truth = False
        for name in self.vocabulary.direct_fields:
            direct = either(direct, self.field(name).valid)
        direct = both(direct, negate(self.field(self.vocabulary.origin).valid))
        return [
            (items, here)
            for items, here in (
                (f.sources[-1].inputs, both(rows, direct)),
                (chosen, both(rows, negate(direct))),
            )
            if some(here)
        ]


def _are_many(values: list[Any]) -> bool:
    """Whether there are so many values that narrow arrays are worth it."""
    return any(not isinstance(value, int) and len(value) >= _MANY for value in values)


def _clash(f: Feature) -> str:
    return f"{f.meaning or f.name}: the dates and the number given directly disagree; mend one"
