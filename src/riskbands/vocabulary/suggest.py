"""Which field a column of another name could be: suggestions with reasons, never applied."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from riskbands._patterns import pattern
from riskbands._redact import may_show
from riskbands.display import html_table
from riskbands.vocabulary.fields import Field, Kind, all_fields
from riskbands.vocabulary.wording import Wording, folded, is_opposed, same_but_for_slips, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Suggestion", "Suggestions", "likely", "suggest"]

#: Usual names that share no word with the field.
_USUAL = {
    "born": "date_of_birth",
    "birthday": "date_of_birth",
    "birthdate": "date_of_birth",
    "dob": "date_of_birth",
    "gender": "sex",
    "hocode": "offence_code",
    "hooffencecode": "offence_code",
    "homeofficecode": "offence_code",
    "homeofficeoffencecode": "offence_code",
    "indexoffencecode": "offence_code",
    "gendercode": "sex",
    "sexcode": "sex",
    "clientdob": "date_of_birth",
    "offenderdob": "date_of_birth",
    "persondob": "date_of_birth",
    "prisonerdob": "date_of_birth",
    "subjectdob": "date_of_birth",
    "convictedon": "conviction_date",
    "sentencedon": "conviction_date",
    "atriskdate": "follow_up_date",
    "dateatrisk": "follow_up_date",
    "releasedon": "follow_up_date",
    "assessedon": "assessment_date",
    "supervision": "supervision_status",
    "weaponused": "weapon",
    "dv": "domestic_abuse",
    "domesticviolence": "domestic_abuse",
    "nfa": "no_fixed_abode",
    "homeless": "no_fixed_abode",
    "bingedrinking": "binge_drinking",
    "alcoholmisuse": "alcohol_use",
    "temper": "temper_control",
    "impulsive": "impulsivity",
}
#: Usual names by their words, in any order; the sentence is passed when the conviction is known,
#: and follow-up starts with release or with the order in the community.
_USUAL_WORDS: Mapping[Hashable, str] = {
    tuple(sorted(words.split())): field
    for words, field in {
        "sentence date": "conviction_date",
        "release date": "follow_up_date",
        "community start date": "follow_up_date",
        "follow up start": "follow_up_date",
        "assessment completed": "assessment_date",
        "assessment completed date": "assessment_date",
        "assessment completion date": "assessment_date",
    }.items()
}
_ITEM = pattern(
    r"(?:oasys|item|question|section|q|s)?[ _.]*(r?\d{1,2})[ _.](\d{1,2})", re.IGNORECASE
)
_ITEM_AND_WORDS = pattern(r"([\w ]*\d{1,2}[._]\d{1,2})[\s:.)-]+([A-Za-z].*)")


@attrs.frozen
class Suggestion:
    """What a column could be.

    Attributes:
        field: Name of the field.
        reason: Why, in a few words.
    """

    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.field} ({self.reason})"


@attrs.frozen
class Suggestions(Mapping[Any, Suggestion]):
    """Suggestions by column.

    Attributes:
        unclear: Columns by field, where several could be it and none is the likeliest; these are
            not among the suggestions.
    """

    _found: dict[Any, Suggestion]
    unclear: dict[str, tuple[Any, ...]]

    def __getitem__(self, label: Any) -> Suggestion:
        return self._found[label]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def rename(self) -> dict[Any, str]:
        """The suggestions in the form `riskbands.score_cohort` takes; read them first."""
        return {label: found.field for label, found in self._found.items()}

    def _repr_html_(self) -> str:
        rows = [(str(label), s.field, s.reason) for label, s in self._found.items()]
        rows += [
            (", ".join(map(str, labels)), name, "each could be it; choose one")
            for name, labels in self.unclear.items()
        ]
        return html_table(("column", "field", "why"), rows, "" if rows else "no suggestions")

    def __str__(self) -> str:
        lines = [f"{label}: {found}" for label, found in self._found.items()]
        lines += [
            f"{', '.join(map(str, labels))}: each could be {name}; choose one"
            for name, labels in self.unclear.items()
        ]
        return "\n".join(lines) or "no suggestions"


#: Reasons of suggestions whose columns have well-known names, which are nobody's data.
_SURE = ("a usual name", "its HMPPS API name", "the same name")


def likely(labels: Iterable[Hashable], provided: Iterable[str]) -> dict[Hashable, str]:
    """Columns that are not read and are perhaps fields that are not there, for messages.

    Args:
        labels: The names of the columns.
        provided: The fields that are there.

    Returns:
        Field by column, for columns whose names cannot be somebody's data.
    """
    return {
        label: found.field
        for label, found in suggest([*labels, *provided]).items()
        if found.reason in _SURE or may_show(label, all_fields())
    }


def suggest(labels: Iterable[Hashable]) -> Suggestions:
    """Suggest which fields columns of these names could be; see `riskbands.suggest_columns`."""
    names = [label for label in dict.fromkeys(labels) if isinstance(label, str)]
    free = {name: f for name, f in all_fields().items() if f.scored and name not in names}
    best: dict[str, tuple[int, str, list[str]]] = {}
    for label in names:
        if label in all_fields():
            continue
        for strength, (ways, reason) in enumerate(_WAYS):
            field = ways(label)
            if field in free:
                before = best.get(field)
                if before is None or strength < before[0]:
                    best[field] = (strength, reason(free[field]), [label])
                elif strength == before[0]:
                    before[2].append(label)
                break
    chosen = {
        claims[0]: Suggestion(field, reason)
        for field, (_, reason, claims) in best.items()
        if len(claims) == 1
    }
    unclear = {field: tuple(claims) for field, (_, _, claims) in best.items() if len(claims) > 1}
    return Suggestions({name: chosen[name] for name in names if name in chosen}, unclear)


@cache
def _index(key: Callable[[Field], Hashable]) -> Mapping[Hashable, str]:
    """Fields by a property that no other field shares."""
    keys = {f.name: key(f) for f in all_fields().values() if f.scored}
    shared = Counter(keys.values())
    return {k: name for name, k in keys.items() if k and shared[k] == 1}


@cache
def _api_names(key: Callable[[str], Hashable]) -> Mapping[Hashable, str]:
    """Fields by a property of their names in the HMPPS API that those of no other field have."""
    found: dict[Hashable, set[str]] = {}
    for f in all_fields().values():
        for name in f.hmpps_names:
            found.setdefault(key(name), set()).add(f.name)
    return {k: next(iter(names)) for k, names in found.items() if k and len(names) == 1}


def _name(f: Field) -> Hashable:
    return folded(f.name)


def _name_words(f: Field) -> Hashable:
    return _words(f.name)


def _words(name: str) -> Hashable:
    return Wording.of(name).words


def _item(f: Field) -> Hashable:
    return "" if f.oasys_item.endswith("x") else f.oasys_item.lower()


def _by_item(label: str) -> str | None:
    found = _ITEM.fullmatch(label.strip())
    return _index(_item).get(f"{found[1].lower()}.{int(found[2])}") if found else None


def _by_item_and_words(label: str) -> str | None:
    """The item by its number, where the words behind it say the same thing."""
    found = _ITEM_AND_WORDS.fullmatch(label.strip())
    field = _by_item(found[1]) if found else None
    if found is None or field is None:
        return None
    f = all_fields()[field]
    said = [Wording.of(text) for text in (f.name, f.hmpps_name, f.meaning)]
    about = {w for wording in said for w in wording.words if w not in wording.denials}
    for reading in Wording.of(found[2]).readings():
        if not reading.fits(f, Kind.LEVEL) or about.isdisjoint(reading.words):
            continue
        if not is_opposed(found[2], reading, f, about):
            return field
    return None


def _by_words(label: str, known: Mapping[Hashable, str]) -> str | None:
    """The field that these words are known for, where it is answered as they say."""
    for reading in Wording.of(label).readings():
        field = known.get(reading.words)
        if field is not None and reading.fits(all_fields()[field]):
            return field
    return None


def _by_nearness(label: str) -> str | None:
    said = tokens(label)
    near = [
        f.name
        for f in all_fields().values()
        if f.scored and same_but_for_slips(said, f.name.split("_"))
    ]
    return near[0] if len(near) == 1 else None


#: Ways to know a field by the name of a column, the surest first, and what to say of each.
_WAYS: tuple[tuple[Callable[[str], str | None], Callable[[Field], str]], ...] = (
    (lambda label: _index(_name).get(folded(label)), lambda f: "the same name"),
    (lambda label: _api_names(folded).get(folded(label)), lambda f: "its HMPPS API name"),
    (lambda label: _USUAL.get(folded(label)), lambda f: "a usual name"),
    (lambda label: _by_words(label, _USUAL_WORDS), lambda f: "a usual name"),
    (_by_item, lambda f: f"OASys item {f.oasys_item}"),
    (_by_item_and_words, lambda f: f"OASys item {f.oasys_item}"),
    (lambda label: _by_words(label, _index(_name_words)), lambda f: "the same words"),
    (lambda label: _by_words(label, _api_names(_words)), lambda f: "words of its API name"),
    (_by_nearness, lambda f: "nearly the same name"),
)
