"""``riskbands tables``, ``bands``, ``predictors`` and ``fields``: what the library holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from riskbands._redact import shown
from riskbands.bands.builtin import SCALES, band_tables
from riskbands.cli import _terminal as terminal
from riskbands.cli._named import OptionError, known_predictor
from riskbands.cli._plan import read_band_table
from riskbands.declare import load_instrument
from riskbands.display import TOGETHER
from riskbands.errors import UnknownNameError
from riskbands.instruments.described import facts_of, limits_of, tables_named
from riskbands.predictors import by_id
from riskbands.scorecards.coefficients import as_table, coefficient_tables
from riskbands.templates import template
from riskbands.vocabulary.fields import Kind, all_fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.bands.scale import BandScale
    from riskbands.bands.table import BandTable
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.fields import Field

__all__ = ["show_bands", "show_fields", "show_predictors", "show_tables", "show_template"]

_FORMATS = ("text", "toml", "json")


def _check(form: str, allowed: tuple[str, ...] = _FORMATS) -> None:
    if form not in allowed:
        raise UnknownNameError("format", form, allowed)


def _print_json(data: Any) -> None:
    terminal.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def _facts(*pairs: tuple[str, str]) -> None:
    """Print facts, the words folded beside their names."""
    rows = [(name, text) for name, text in pairs if text]
    terminal.out().table(("", ""), rows)


def _remarks(heading: str, texts: tuple[str, ...]) -> None:
    if texts:
        console = terminal.out()
        console.print(f"\n{heading}")
        terminal.paragraphs(console, texts)


# -- coefficient tables ----------------------------------------------------------------------------


def show_tables(ident: str | None, form: str) -> None:
    """List the coefficient tables, or show one (an id or a file)."""
    _check(form)
    if ident is None:
        _list_tables(form)
        return
    try:
        table = as_table(ident)
    except UnknownNameError:
        table = _cited(ident)
    if form == "toml":
        terminal.write(table.to_toml())
    elif form == "json":
        _print_json(table.to_dict() | {"digest": table.digest})
    else:
        _print_table(table)


def _cited(ident: str) -> CoefficientTable:
    """The table of a predictor whose rules are no numbers, so that it has no file.

    Raises:
        OptionError: It is the id of a predictor.
        UnknownNameError: There is none.
    """
    if ident in by_id:
        p = by_id[ident]
        if not p.has_table:
            raise OptionError(
                f"{ident} is a predictor, of which no coefficient table is public: supply one with "
                f"--table {ident}=FILE"
            )
        others = _others(p.tables, (t for t in coefficient_tables.values() if _fits(t, p)))
        named = tables_named(p)
        raise OptionError(f"{ident} is a predictor, whose coefficient tables are: {named}{others}")
    for p in by_id.values():
        if p.has_table and p.table.id == ident:
            return p.table
    raise UnknownNameError("coefficient table", ident, coefficient_tables)


def _fits(table: CoefficientTable, p: Predictor) -> bool:
    """Whether a table is for a predictor, or for one that it is made from."""
    return p.id in table.predictor or any(_fits(table, part) for part in p.components)


def _others(used: Iterable[Any], known: Iterable[Any]) -> str:
    """Tables that are taken besides those that are used where none is asked for."""
    there = {table.id for table in used}
    others = [table.id for table in known if table.id not in there]
    also = "also " if there else ""
    return f"; it {also}takes {', '.join(others)}" if others else ""


def show_template(name: str) -> None:
    """Write the layout of a table's file."""
    terminal.write(template(load_instrument(name) if name.endswith(".toml") else name))


def _list_tables(form: str) -> None:
    if form != "text":
        _check(form, ("text", "json"))
        _print_json(
            [
                {"id": t.id, "predictor": list(t.predictor), "status": t.status, "title": t.title}
                for t in coefficient_tables.values()
            ]
        )
        return
    rows = [(t.id, ", ".join(t.predictor), t.status, t.title) for t in coefficient_tables.values()]
    terminal.out().table(("id", "for", "status", "title"), rows)


def _print_table(table: CoefficientTable) -> None:
    _facts(
        ("id", table.id),
        ("title", table.title),
        ("for", ", ".join(table.predictor)),
        ("status", table.status),
        ("source", table.source),
        ("precision", table.precision),
        ("read", table.retrieved),
        ("licence", table.licence),
        ("digest", table.digest),
    )
    _remarks("departures", table.departures)
    _remarks("notes", table.notes)
    console = terminal.out()
    rows: list[tuple[str, ...]] = []
    for path, leaf in table.leaves():
        rows.append((path, leaf if isinstance(leaf, str) else ", ".join(leaf)))
    if rows:
        console.print()
        console.table(("number", "value"), rows)


# -- band tables -----------------------------------------------------------------------------------


def show_bands(ident: str | None, form: str) -> None:
    """List the band tables, or show one (an id or a file)."""
    _check(form)
    if ident is None:
        _list_bands(form)
        return
    if ident in SCALES:
        _show_scale(SCALES[ident], form)
        return
    if ident in by_id:
        found = by_id[ident].bands
        used = () if found is None else (found,)
        others = _others(used, (t for t in band_tables.values() if ident in t.applies_to))
        has = "has no band table" if found is None else f"has the band table {found.id}"
        raise OptionError(f"{ident} is a predictor, which {has}{others}")
    table = read_band_table(ident)
    if form == "toml":
        terminal.write(table.to_toml())
    elif form == "json":
        terminal.write(table.to_json())
    else:
        _print_bands(table)


def _list_bands(form: str) -> None:
    if form != "text":
        _check(form, ("text", "json"))
        _print_json(
            [
                {"id": t.id, "status": t.status.value, "title": t.title, "labels": list(t.labels)}
                for t in band_tables.values()
            ]
            + [{"id": s.id, "labels": list(s.labels)} for s in SCALES.values()]
        )
        return
    rows = [
        (
            table.id,
            table.status.value,
            ", ".join(f"{b.label} {b.interval}".replace(" ", TOGETHER) for b in table.bands),
            table.title,
        )
        for table in band_tables.values()
    ]
    rows += [
        (scale.id, "", ", ".join(scale.labels), "levels without edges") for scale in SCALES.values()
    ]
    terminal.out().table(("id", "status", "bands", "title"), rows)


def _show_scale(scale: BandScale, form: str) -> None:
    """Levels that an instrument gives by category; they have no file."""
    _check(form, ("text", "json"))
    users = ", ".join(p.id for p in by_id.values() if p.bands == scale)
    if form == "json":
        _print_json({"id": scale.id, "labels": list(scale.labels), "digest": scale.digest})
        return
    _facts(
        ("id", scale.id),
        ("for", users),
        ("levels", " < ".join(scale.labels)),
        ("edges", "none: the instrument gives its level by category, not by a number"),
        ("digest", scale.digest),
    )


def _print_bands(table: BandTable) -> None:
    _facts(
        ("id", table.id),
        ("title", table.title),
        ("score", table.score),
        ("for", ", ".join(table.applies_to) or "not stated"),
        ("unit", table.unit.value),
        ("status", table.status.value),
        ("dates", table.dates),
        ("source", table.source),
        ("licence", table.licence),
        ("digest", table.digest),
        ("rounding", str(table.rounding) if table.rounding else "none"),
        ("below", table.below.value),
        ("above", table.above.value),
        ("missing", table.missing.value),
    )
    console = terminal.out()
    rows = [(band.label, str(band.interval)) for band in table.bands]
    console.print()
    console.table(("band", "interval after rounding"), rows)
    _remarks("gaps", tuple(f"{g.interval}: {g.reason}" for g in table.gaps))
    if table.origin:
        _remarks("printed", tuple(f"{label}: {text}" for label, text in table.origin.rows))
        _remarks(
            "decisions",
            tuple(
                f"{d.about} {' and '.join(d.between)}: {d.choice} ({d.reason})"
                for d in table.origin.decisions
            ),
        )
    _remarks("notes", table.notes)


# -- predictors and fields -------------------------------------------------------------------------


def show_predictors(ident: str | None) -> None:
    """List the predictors, or show what one needs."""
    if ident is not None:
        _print_predictor(known_predictor(ident))
        return
    rows: list[tuple[str, ...]] = []
    for p in by_id.values():
        bands = p.bands.id if p.bands is not None else ""
        rows.append(
            (
                p.id,
                p.name,
                " ".join(p.horizons) or ("points" if p.has_points else "results"),
                tables_named(p),
                bands,
            )
        )
    terminal.out().table(("id", "name", "horizons", "coefficients", "bands"), rows)


def _print_predictor(p: Predictor) -> None:
    _facts(*facts_of(p))
    _remarks("limits", limits_of(p))


def show_fields(ident: str | None = None) -> None:
    """List the vocabulary, the fields of a predictor, or show one field."""
    if ident is None or ident in all_fields():
        listed = all_fields() if ident is None else {ident: all_fields()[ident]}
        rows = [_described(f) for f in listed.values()]
        terminal.out().table(("field", "takes", "OASys", "meaning"), rows)
        return
    p = _whose_fields(ident)
    uses = {
        "needs": p.needs.needed,
        "or instead": p.needs.instead,
        "if given": p.needs.used,
        "extended": p.needs.dynamic,
    }
    rows = [
        (name, use, *_described(p.vocabulary.field(name))[1:])
        for use, names in uses.items()
        for name in names
    ]
    terminal.out().table(("field", "use", "takes", "OASys", "meaning"), rows)


def _whose_fields(ident: str) -> Predictor:
    try:
        return known_predictor(ident)
    except UnknownNameError:
        from riskbands.vocabulary.suggest import suggest

        known = [*by_id, *all_fields()]
        for found in suggest([ident]).values():
            what = shown(ident, known, "")
            named = f"named {what}" if what else "of that name"
            raise OptionError(
                f"no predictor or field {named}; it is probably the field {found.field} "
                f"({found.reason}): run riskbands fields {found.field}"
            ) from None
        raise UnknownNameError("predictor or field", ident, known) from None


def _described(f: Field) -> tuple[str, ...]:
    takes = "any text" if f.kind is Kind.TEXT else f.allowed
    return f.name, takes, f.oasys_item, f.meaning
