"""Templates: the layout of a table's file, every entry explained, no number filled in.

A template is written from the declaration of its predictor, so that it has every entry the
predictor reads and no other. What is to be filled in is ``"?"``: a file that still has one is
refused, and the error names each.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from riskbands import _toml
from riskbands.bands.builtin import band_tables
from riskbands.errors import UnknownNameError
from riskbands.predictors import by_id
from riskbands.scorecards import terms as kinds
from riskbands.scorecards.compiled import domain
from riskbands.scorecards.terms import parse_range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskbands.bands.table import BandTable
    from riskbands.instruments.layout import Entry, Section
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.terms import Between, Term
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["template", "templates"]

_BLANK: Final = "?"
#: Domains up to this size are written out value by value.
_FEW: Final = 12
#: Name of the template of a band table without a built-in one to follow.
_BANDS: Final = "bands"
_RANGES: Final = 'a range is written "12-14", "10" or "16+"'

#: Where the header of a sub-table goes, after the comment on the whole of it.
_HEAD: Final = "[]"

#: One blank, a list of blanks, or a table of them.
_Value: TypeAlias = "str | list[str] | dict[str, str]"


@attrs.frozen
class _Entry:
    """One entry of a section: its key, what is to be filled in, and what it means."""

    key: str
    value: _Value
    about: str


@attrs.frozen
class _Section:
    """A section of the coefficients: where it stands and what is in it."""

    path: tuple[str, ...]
    entries: tuple[_Entry, ...]
    optional: tuple[str, ...] = ()


def templates() -> tuple[str, ...]:
    """Names that `template` knows: predictors, band tables, and ``bands`` for any other."""
    return (*_with_numbers(), *band_tables, _BANDS)


def _with_numbers() -> dict[str, Predictor]:
    """Predictors that read numbers of a coefficient table; the points of others are their rules."""
    return {ident: p for ident, p in by_id.items() if p.sections}


def template(name: str | Predictor) -> str:
    """The layout of a coefficient table or band table, as commented TOML.

    Args:
        name: Id of a predictor or of a built-in band table, or ``"bands"``; or a predictor, such
            as one from a file.

    Returns:
        The text of a file. Each value to be filled in is ``"?"``; once all are,
        `riskbands.load_table` or `riskbands.BandTable.from_file` reads it.

    Raises:
        UnknownNameError: There is no such predictor or table.

    Examples:
        >>> print(template("asset").splitlines()[-1])
        per_point = "?"
    """
    if not isinstance(name, str):
        return _coefficients(name)
    if name in _with_numbers():
        return _coefficients(by_id[name])
    if name in band_tables:
        return _bands(band_tables[name])
    if name == _BANDS:
        return _bands(None)
    raise UnknownNameError("template", name, templates())


# -- coefficient tables ----------------------------------------------------------------------------


def _coefficients(predictor: Predictor) -> str:
    parts = predictor.components if predictor.shows_components else (predictor,)
    lines = _comment(
        f"Coefficients of {predictor.name}: {predictor.title}.",
        f'Replace every "{_BLANK}" with a number in quotation marks, as its source prints it: '
        "text keeps every digit. A file with an entry too many or too few is refused.",
        f"Use it as {_made(predictor)}.with_table('my-{predictor.id}.toml').",
    )
    if predictor.shows_components:
        lines += _comment(
            f"{predictor.name} is the sum of {', '.join(p.name for p in parts)}; each may also "
            "have a file of its own."
        )
    lines += ["", f"id = {_toml.value('my-' + predictor.id)}"]
    lines += [f"predictor = {_toml.value([p.id for p in parts])}"]
    lines += _comment("What the table is, and the document, page and date it comes from.")
    lines += ['title = ""', 'source = ""']
    lines += _comment("In your words: published, deployed, supplied in confidence by ...")
    lines += ['status = ""', "notes = []", "departures = []"]
    for section in predictor.sections:
        lines += ["", *_write(_filled(section, predictor.vocabulary))]
    return "\n".join(lines) + "\n"


def _made(predictor: Predictor) -> str:
    """How a program gets a predictor: a built-in one by its name, any other from its file."""
    if predictor.id in by_id:
        return f"riskbands.{predictor.id}"
    return f"riskbands.load_instrument('{predictor.id}.toml')"


def _filled(section: Section, vocabulary: Vocabulary) -> _Section:
    """A section with everything that is to be filled in."""
    known = _known(section)
    entries = [one for e in section.entries if not e.optional for one in _beside(e, known)]
    for term in section.terms:
        entries += _entries(term, known, section, vocabulary)
    merged: dict[str, _Entry] = {}
    for entry in entries:
        if entry.key in merged:
            about = f"{merged[entry.key].about}; {entry.about}"
            entry = attrs.evolve(entry, about=about)
        merged[entry.key] = entry
    path = ("coefficients", *((section.name,) if section.name else ()))
    optional: list[str] = []
    for e in section.entries:
        if e.optional:
            optional += [
                f"[{'.'.join((*path, e.key))}]  # {e.about}",
                *(f'{c} = "{_BLANK}"' for c in e.by),
            ]
    return _Section(path, tuple(merged.values()), tuple(optional))


def _beside(e: Entry, known: Mapping[str, Any]) -> Iterator[_Entry]:
    """A number beside the terms, or a table of them."""
    if not e.ranges:
        yield _Entry(e.key, dict.fromkeys(e.by, _BLANK) if e.by else _BLANK, e.about)
        return
    about = (
        f"{e.about}; {_RANGES}, and the ranges cover all {e.ranges} that can add up exactly once"
    )
    for category in e.by or ("",):
        given = known.get(e.key, {})
        given = given.get(category, {}) if category else given
        ranges = [r for r in given if parse_range(r)[0] <= parse_range(r)[1]] or ["0", "1+"]
        key, whose = (f"{e.key}/{category}", f", {category}") if category else (e.key, "")
        yield _Entry(key, dict.fromkeys(ranges, _BLANK), about.replace(";", f"{whose};", 1))


def _known(section: Section) -> Mapping[str, Any]:
    """The table that is there: its ranges and lengths are followed."""
    if section.table is None:
        return {}
    tree: Any = section.table.coefficients
    return tree[section.name] if section.name else tree  # type: ignore[no-any-return]


def _entries(
    term: Term, known: Mapping[str, Any], section: Section, vocabulary: Vocabulary
) -> Iterator[_Entry]:
    assert isinstance(term, kinds._Base)
    for suffix, whose in (
        (("_male", ", male"), ("_female", ", female")) if term.by_sex else [("", "")]
    ):
        key = term.key + suffix
        what = f"{term.name}{whose}: {section.unit}"
        conditions = "".join(f", where {_condition(w, vocabulary)}" for w in term.when)
        value, about = _value(term, key, what, conditions, known, section, vocabulary)
        yield _Entry(key, value, about)
    if isinstance(term, kinds.LogRate):
        yield _Entry(term.offset_key, _BLANK, f"{term.name}: years added in the denominator")


def _value(
    term: kinds._Base,
    key: str,
    what: str,
    conditions: str,
    known: Mapping[str, Any],
    section: Section,
    vocabulary: Vocabulary,
) -> tuple[_Value, str]:
    """What is to be filled in for one key of a term, and what it means."""

    def of(name: str) -> str:
        f = vocabulary.feature(name)
        return f"{f.label} ({f.meaning})" if f.meaning and f.meaning != f.label else f.label

    match term:
        case kinds.Steps() | kinds.StepsOrPolynomial():
            low, high = domain(vocabulary, term.feature, section.limits)
            if term_none := getattr(term, "none_at", None):
                low = max(low, term_none + 1)
            given = known.get(key)
            ranges = list(given) if isinstance(given, Mapping) else _ranges(low, high)
            about = (
                f"{what} by range of {of(term.feature)}; {_RANGES}, and the ranges cover "
                f"{low} to {high} exactly once"
            )
            if isinstance(term, kinds.StepsOrPolynomial):
                about += (
                    "; or, above the sub-tables, a list of the coefficients of its first and "
                    f'further powers instead: {key} = ["{_BLANK}", "{_BLANK}"]'
                )
            return dict.fromkeys(ranges, _BLANK), about
        case kinds.Polynomial():
            degree = len(known.get(key, "??"))
            powers = f"{what} for the first and further powers of {of(term.feature)}{conditions}"
            return [_BLANK] * degree, powers
        case kinds.Lookup():
            groups = dict.fromkeys((g for g in term.groups if g), _BLANK)
            return groups, f"{what} by {of(term.feature)}"
        case kinds.LevelList():
            return [_BLANK] * term.levels, f"{what} at each level of {of(term.feature)}, from 0"
        case kinds.PerUnit():
            scale = f", counted {term.scale} times" if term.scale > 1 else ""
            return (
                _BLANK,
                f"{what} for each unit of {of(term.feature)}{scale}{conditions}",
            )
        case kinds.LogRate():
            power = f", to the power {term.power}" if term.power > 1 else ""
            rate = f"ln({term.count} / ({term.years} + {term.offset_key})){power}"
            return _BLANK, f"{what} for each unit of {rate}{conditions}"
        case kinds.RoundedSum():
            summed = " + ".join(term.summed)
            way = "up" if term.up else "half up"
            return _BLANK, f"{what}: this number (a fraction such as 5/6 too) times {summed}, {way}"
        case _:
            return _BLANK, f"{what}{conditions}"


def _ranges(low: int, high: int) -> list[str]:
    if high - low < _FEW:
        return [str(n) for n in range(low, high + 1)]
    return [f"{low}", f"{low + 1}+"]


def _condition(w: Between, vocabulary: Vocabulary) -> str:
    f = vocabulary.feature(w.feature)
    if f.is_condition and w.low:
        return f.label
    if f.categories and w.low == min(w.high, (f.high or 0)):
        return f"{f.label} is {f.describe(w.low)}"
    if w.low == w.high:
        return f"{f.label} is {w.low}"
    return f"{f.label} is {w.low} or more"


def _write(section: _Section) -> list[str]:
    """A section as TOML: plain entries first, then its sub-tables."""
    path = ".".join(section.path)
    lines = [f"[{path}]"]
    inner: dict[str, list[str]] = {}
    for entry in section.entries:
        *parents, key = entry.key.split("/")
        about = _comment(entry.about)
        if isinstance(entry.value, dict):
            table = [f"{_toml.key(k)} = {_toml.value(v)}" for k, v in entry.value.items()]
            inner[".".join((*parents, key))] = [*about, _HEAD, *table]
        elif parents:
            inner.setdefault(".".join(parents), [_HEAD]).extend(
                [*about, f"{_toml.key(key)} = {_toml.value(entry.value)}"]
            )
        else:
            lines += [*about, f"{key} = {_toml.value(entry.value)}"]
    for name, block in inner.items():
        lines += ["", *(f"[{path}.{name}]" if line is _HEAD else line for line in block)]
    if section.optional:
        lines += ["", *_comment("May be added:"), *(f"# {line}" for line in section.optional)]
    return lines


# -- band tables -----------------------------------------------------------------------------------


def _bands(like: BandTable | None) -> str:
    labels: Sequence[str] = like.labels if like else ("Low", "Medium", "High")
    whose = f", labelled and read as {like.id}" if like else ""
    rounding = like.rounding if like else None
    lines = _comment(
        f"A band table{whose}.",
        f'Replace every "{_BLANK}" with an interval: "[0, 6.9)" holds 0 and not 6.9, "[6.9, inf)" '
        "everything from 6.9. Bands rise, do not overlap and leave no hole; a hole that is meant "
        "is declared as a [[gap]] with its reason.",
        "Use it as riskbands.BandTable.from_file('my-bands.toml'), and with a predictor as "
        "with_bands(table).",
    )
    lines += ["", f"id = {_toml.value('my-' + like.id if like else 'my-bands')}"]
    lines += ['title = ""', f"score = {_toml.value(like.score if like else '')}"]
    lines += _comment(
        'Ids of the predictors whose scores it bands, such as ["rsr"]; others refuse it then. '
        "Leave it empty, and any predictor takes it."
    )
    lines += [f"applies_to = {_toml.value(list(like.applies_to) if like else [])}"]
    lines += _comment("percent, probability or points")
    lines += [f"unit = {_toml.value(like.unit.value if like else 'percent')}", 'status = "custom"']
    lines += _comment("The document, page and date it comes from, and when it stood.")
    lines += ['source = ""', 'dates = ""']
    lines += _comment(
        "What a score below the first band, above the last, or missing gets: raise (refused), "
        "none (no band) or, for the first two, clamp (the end band). Missing is never a band."
    )
    for name in ("below", "above", "missing"):
        value = getattr(like, name).value if like else ("none" if name == "missing" else "raise")
        lines.append(f"{name} = {_toml.value(value)}")
    lines += _comment(
        "How the score is rounded before it is banded: none, or half_up to so many digits."
    )
    lines.append(f"rounding = {_toml.value(rounding.mode.value if rounding else 'none')}")
    lines.append(f"digits = {rounding.digits}" if rounding else "# digits = 2")
    for label in labels:
        row = {"label": label, "interval": _BLANK}
        lines += ["", "[[band]]", *(f"{k} = {_toml.value(v)}" for k, v in row.items())]
    return "\n".join(lines) + "\n"


# -- text ------------------------------------------------------------------------------------------


def _comment(*paragraphs: str) -> list[str]:
    return [
        f"# {line}"
        for text in paragraphs
        for line in textwrap.wrap(text, 98, break_on_hyphens=False)
    ]
