"""Which column holds which field, and how its dates are written, as the options say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands._redact import column_labels, shown
from riskbands.arithmetic.written import date_format
from riskbands.cli._named import OptionError
from riskbands.errors import UnknownNameError
from riskbands.vocabulary.fields import Kind, all_fields
from riskbands.vocabulary.naming import columns_by_alias, is_turned_round

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from riskbands.vocabulary.fields import Field
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["fields_read", "pairs", "sources_of"]


def pairs(option: str, given: Sequence[str], form: str, *, last: bool = False) -> dict[str, str]:
    """The pairs of an option such as ``--rename OLD=NEW``.

    Args:
        option: Its name.
        given: What was given to it.
        form: How a pair is to be written, for messages.
        last: Whether the last ``=`` of a text divides it; by default the first.

    Raises:
        OptionError: One has no ``=``, or a name is given twice.
    """
    found: dict[str, str] = {}
    for place, text in enumerate(given, 1):
        which = f" ({place} of {len(given)})" if len(given) > 1 else ""
        name, sign, value = text.rpartition("=") if last else text.partition("=")
        if not (name and sign and value):
            raise OptionError(f"{option} takes {form}, and nothing else{which}")
        if found.setdefault(name, value) != value:
            raise OptionError(
                f"{option} is given twice for the same {form.partition('=')[0]}{which}"
            )
    return found


def sources_of(
    names: Sequence[str], rename: Mapping[str, str], known: Vocabulary
) -> dict[str, str]:
    """The column of each field.

    Args:
        names: The columns of the table.
        rename: Field by column, as ``--rename`` gives them.
        known: The fields of the predictors that were asked for.

    Raises:
        OptionError: A pair of ``--rename`` names a column that is not there, no field, or a field
            that has a column already.
    """
    vocabulary = {**all_fields(), **known.fields}
    found = {n: n for n in names if n in vocabulary and vocabulary[n].scored}
    aliases = columns_by_alias(names, known).items()
    taken = {*rename, *rename.values()}
    found |= {name: column for column, name in aliases if not {column, name} & taken}
    for place, (old, new) in enumerate(rename.items(), 1):
        which = f"--rename ({place} of {len(rename)})" if len(rename) > 1 else "--rename"
        turned = is_turned_round(old, new, names, vocabulary)
        advice = "the column comes first, COLUMN=FIELD" if turned else ""
        if old not in names:
            raise OptionError(f"{which}: {_no_column(old, names, advice)}")
        if new not in vocabulary:
            unknown = UnknownNameError("field", new, vocabulary, advice=advice)
            raise OptionError(f"{which}: {unknown}")
        if new in names or list(rename.values()).count(new) > 1:
            raise OptionError(f"--rename ...={new}: there is a column {new} already")
        found.pop(old, None)
        if vocabulary[new].scored:
            found[new] = old
    return found


def fields_read(
    sources: Mapping[str, str], formats: Sequence[str], vocabulary: Vocabulary
) -> tuple[dict[str, Field], dict[str, str] | None]:
    """The fields that are read, with the formats of their dates, and those formats.

    Args:
        sources: The column of each field.
        formats: What ``--date-format`` gives: formats, or ``column=format``.
        vocabulary: The fields of the predictors that were asked for.

    Raises:
        OptionError: One is no format, or for what is no column of dates.
    """
    known = {**all_fields(), **vocabulary.fields}
    dates = [name for name in sources if known[name].kind is Kind.DATE]
    by_name = {**{sources[name]: name for name in dates}, **{name: name for name in dates}}
    asked: dict[str, str] = {}
    for text in formats:
        column, own = _divided(text, by_name)
        if column:
            asked[column] = own
        else:
            asked = {**dict.fromkeys(dates, own), **asked}
    found = {name: known[name] for name in sources}
    for column, text in asked.items():
        if column not in by_name:
            listed = ", ".join(dates) or "none"
            raise OptionError(f"--date-format: no such column of dates; there are: {listed}")
        try:
            date_format(text)
        except ValueError as error:
            raise OptionError(f"--date-format: {error}") from None
        name = by_name[column]
        found[name] = attrs.evolve(found[name], date_format=text)
    return found, asked or None


def _divided(text: str, columns: Collection[str]) -> tuple[str, str]:
    """The column, empty for all, and the format of a text such as ``column=format``.

    The name of a column may have a sign of equality. The longest one that is known is taken whole.
    """
    places = [place for place, character in enumerate(text) if character == "="]
    for place in reversed(places):
        if text[:place] in columns:
            return text[:place], text[place + 1 :]
    column, sign, own = text.partition("=")
    return (column, own) if sign else ("", text)


def _no_column(name: str, names: Sequence[str], advice: str) -> str:
    """That a column is not there; a near one is named unless its name looks like data."""
    labels = dict(zip(names, column_labels(names, all_fields(), quoted=False), strict=True))
    import difflib

    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean {labels[near[0]]}?" if near else "look at the first line of the file"
    hint = f"{advice}; {hint}" if advice else hint
    what = shown(name, [*all_fields(), *(n for n in names if labels[n] == n)], "the one given")
    return f"no column named {what}; {hint}"
