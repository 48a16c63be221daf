"""Write the generated sections of the predictors' pages: inputs, numbers, sources, counts.

A page in ``docs/predictors`` is written by hand, but for the text between a line
``<!-- generated: section argument -->`` and ``<!-- end of generated -->``. That text comes from
the declarations, the tables and `scripts.measure_departures`, and a test compares the pages
with it. Run ``python -m scripts.make_predictor_pages`` after a change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import riskbands as rb
from riskbands.scorecards.formula import number_at
from riskbands.scorecards.terms import (
    Between,
    Indicator,
    LevelList,
    LogRate,
    Lookup,
    PerUnit,
    Polynomial,
    RoundedSum,
    Steps,
)
from riskbands.vocabulary.fields import fields
from riskbands.vocabulary.vocabulary import built_in
from scripts.measure_departures import departures, table_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.instruments.layout import Section
    from riskbands.scorecards.form import Form
    from riskbands.scorecards.terms import Term
    from riskbands.vocabulary.feature import Feature

feature = built_in().feature
DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "predictors"
MARK = re.compile(
    r"(<!-- generated: (?P<section>[a-z]+)(?P<args>[^>]*?) -->\n)(?P<old>.*?)"
    r"(<!-- end of generated -->)",
    re.DOTALL,
)
#: The page of each predictor.
PAGE_OF = {
    "ogrs3": "ogrs3", "ogp": "ogp", "ovp": "ovp", "snsv": "snsv",
    "osp_dc": "osp", "osp_iic": "osp", "osp_c": "osp", "osp_i": "osp",
    "rsr": "rsr", "ogrs4g": "ogrs4", "ogrs4v": "ogrs4",
    "arp": "arp", "vrp": "vrp", "svrp": "svrp",
    "dc_srp": "dc-srp", "iic_srp": "iic-srp", "csrp": "csrp",
}  # fmt: skip
#: What each predicts, in a few words, for the list of all.
PREDICTS = {
    "ogrs3": "any proven reoffending", "ogp": "general reoffending", "ovp": "violent reoffending",
    "snsv": "serious violence that is not sexual", "osp_dc": "sexual offences with contact",
    "osp_iic": "offences with indecent images, or without contact", "osp_c": "as OSP/DC, 2018",
    "osp_i": "as OSP/IIC, 2018", "rsr": "serious reoffending: SNSV and OSP together",
    "ogrs4g": "any proven reoffending", "ogrs4v": "violent reoffending",
    "arp": "any proven reoffending", "vrp": "violent reoffending",
    "svrp": "serious violence that is not sexual", "dc_srp": "sexual offences with contact",
    "iic_srp": "offences with indecent images, or without contact",
    "csrp": "serious reoffending: SVRP and the two SRP together",
}  # fmt: skip


def documented() -> tuple[rb.Predictor, ...]:
    """The predictors with built-in numbers."""
    return tuple(p for p in rb.predictors.by_id.values() if p.id in PAGE_OF)


def table(head: Iterable[str], rows: Iterable[Iterable[str]], right: int = 99) -> str:
    """A Markdown table; columns from the number ``right`` on are aligned to the right."""
    names = list(head)
    rule = ["--:" if i >= right else "---" for i in range(len(names))]
    lines = ["| " + " | ".join(names) + " |", "|" + "|".join(rule) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def code(text: str) -> str:
    return f"`{text}`"


def codes(names: Iterable[str]) -> str:
    return ", ".join(code(n) for n in names)


# --- summary and list of all ------------------------------------------------------------------

ROUNDING = {
    "WHOLE_AFTER_FIVE": "half up to five decimals of the probability, then to a whole percent; "
    "1 to 99",
    "WHOLE_1_TO_99": "half up to a whole percent; 1 to 99",
    "WHOLE": "half up to a whole percent; 0 to 100",
    "HUNDREDTHS": "half up to two decimals; 0 to 100",
    "HUNDREDTHS_BELOW_100": "half up to two decimals; 0 to 99.99",
}


YEARS = {"1yr": "one year", "2yr": "two years"}


def columns_of(p: rb.Predictor) -> list[str]:
    from riskbands.cohorts.scorecolumns import output_columns

    return [o.name for o in output_columns([p]) if o.predictor.id == p.id]


def tables_for(p: rb.Predictor) -> list[rb.CoefficientTable]:
    """The built-in tables of a predictor, the default first; none for a sum."""
    if p.shows_components:
        return []
    others = [t for t in rb.coefficient_tables.values() if p.id in t.predictor and t != p.table]
    return [p.table, *others]


def link(p: rb.Predictor) -> str:
    return f"[{p.name}]({PAGE_OF[p.id]}.md)"


def band_link(p: rb.Predictor) -> str:
    """The band table of a predictor, with its page where it has one."""
    if p.bands is None:
        return "none by default"
    name = code(p.bands.id)
    return f"[{name}](../bands/{p.bands.id}.md)" if isinstance(p.bands, rb.BandTable) else name


def summary(*idents: str) -> str:
    """The facts about one or more predictors, side by side."""
    chosen = [rb.predictors.by_id[i] for i in idents]

    def earlier(p: rb.Predictor) -> str:
        return ", ".join(link(q) for q in documented() if q.successor == p.id) or "none"

    facts: dict[str, Callable[[rb.Predictor], str]] = {
        "in code": lambda p: code(f"rb.{p.id}"),
        "columns": lambda p: codes(columns_of(p)),
        "horizons": lambda p: " and ".join(YEARS[h] for h in p.horizons),
        "forms": lambda p: "brief and extended" if p.has_forms else "one",
        "percentage": lambda p: ROUNDING[p.rule.name],
        "made from": lambda p: ", ".join(link(c) for c in p.components) or "its own factors",
        "default numbers": lambda p: codes(
            dict.fromkeys(c.table.id for c in (p.components if p.shows_components else (p,)))
        ),
        "other numbers": lambda p: codes(t.id for t in tables_for(p)[1:]) or "none built in",
        "bands": band_link,
        "follows": earlier,
        "followed by": lambda p: link(rb.predictors.by_id[p.successor]) if p.successor else "none",
    }
    rows = [(what, *(of(p) for p in chosen)) for what, of in facts.items()]
    return table(("", *(p.name for p in chosen)), rows)


def everyone() -> str:
    """The list of all predictors."""
    return table(
        ("predictor", "in full", "predicts", "horizons", "bands", "followed by"),
        (
            (
                f"[{p.name}]({PAGE_OF[p.id]}.md)",
                p.title,
                PREDICTS[p.id],
                ", ".join(p.horizons),
                band_link(p),
                link(rb.predictors.by_id[p.successor]) if p.successor else "",
            )
            for p in documented()
        ),
    )


# --- inputs -----------------------------------------------------------------------------------


def optional(f: Feature) -> bool:
    """Whether a missing value has a stated meaning."""
    return any(
        all(item[0] != "." and optional(feature(item)) for item in s.inputs) for s in f.sources
    )


def instead(name: str) -> Iterator[str]:
    """Fields that may be given in place of others."""
    for source in feature(name).sources:
        for item in source.inputs:
            yield from [item[1:]] if item[0] == "." else instead(item)


def inputs(*idents: str) -> str:
    """The fields a predictor reads, and when it needs them."""
    needed: dict[str, str] = {}
    p = rb.predictors.by_id[idents[0]]

    direct: dict[str, str] = {}

    def add(names: Iterable[str], need: str) -> None:
        for name in names:
            for field in built_in().leaves(name):
                needed.setdefault(field, need)
            for field in instead(name):
                direct.setdefault(field, "in place of dates")

    def parts(p: rb.Predictor) -> Iterator[rb.Predictor]:
        yield p
        for c in p.components:
            yield from parts(c)

    for part in parts(p):
        always = "men with a history" if part.may_not_apply else "always"
        add({n: None for q in parts(part) for n in q.gate_features}, "always")
        inner = {n for c in part.components for n in c.features}
        own = [n for n in part.needed_features if n not in inner and feature(n).sources]
        add([n for n in own if not optional(feature(n))], always)
        add([n for n in own if optional(feature(n))], "if known")
        if part.forms:
            dynamic = part.dynamic_features
            add([n for n in dynamic if not optional(feature(n))], "extended form")
            add([n for n in dynamic if optional(feature(n))], "extended form, if known")
        if part.reduction is not None:
            add(part.reduction.features, "to lower the band")
    needed = direct | needed
    for name, need in (
        ("follow_up_date", "if known"),
        ("offence_group", "in place of offence_code"),
        ("domestic_abuse_partner", "extended form, if domestic_abuse"),
    ):
        if name in needed:
            needed[name] = need
    return table(
        ("field", "OASys item", "needed", "meaning"),
        (
            (code(name), f.oasys_item, needed[name], f.meaning)
            for name, f in fields().items()
            if name in needed
        ),
    )


# --- numbers ----------------------------------------------------------------------------------

DEFAULTED = re.compile(r"_(or_no|or_0|if_known)\b")
POWERS = {1: "", 2: "²", 3: "³", 4: "⁴"}
Column = tuple[str, Mapping[str, Any]]


def condition(b: Between) -> str:
    f = feature(b.feature)
    if b.low == b.high or (f.categories and b.high >= (f.high or 0)):
        value = f.categories[b.low] if f.categories else str(b.low)
        return f"{b.feature} is {value}"
    if f.high is not None and b.high >= f.high and f.low is not None and f.high == 1:
        return f"{b.feature} is {b.low}"
    return f"{b.feature} is {b.low} or more"


def when(term: Any, before: str = "if ") -> str:
    return before + " and ".join(condition(b) for b in term.when) if term.when else ""


def cell(value: Any) -> str:
    if value is None:
        return "none"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def single_rows(term: Term, columns: list[Column]) -> Iterator[tuple[str, str, list[str]]]:
    """Rows of a term whose numbers stand alone: path, what they multiply, the numbers."""
    assert isinstance(term, (Indicator, PerUnit, LogRate, RoundedSum, Polynomial, LevelList))
    keys = [term.key]
    if term.by_sex:
        keys = [f"{term.key}_{sex}" for sex in ("male", "female")]
    for key in keys:
        found = [number_at(tree, key) for _, tree in columns]
        path = key.replace("/", ".")
        match term:
            case Polynomial():
                for power in range(1, 5):
                    numbers = [cell(v[power - 1]) if v else "none" for v in found]
                    yield (
                        f"{code(path)}, number {power}",
                        f"{term.feature}{POWERS[power]}",
                        numbers,
                    )
                continue
            case PerUnit():
                twice = f" × {term.scale}" if term.scale != 1 else ""
                what = term.feature + twice + when(term, ", if ")
            case LogRate():
                squared = POWERS[term.power]
                offset = term.offset_key
                what = f"ln({term.count} / ({term.years} + {offset})){squared}{when(term, ', if ')}"
            case RoundedSum():
                way = "up" if term.up else "half up"
                what = f"{' + '.join(term.summed)}; the product rounded {way}"
            case LevelList():
                what = f"points for {term.feature} 0, 1, 2"
            case _:
                what = when(term)
        yield code(path), what, [cell(v) for v in found]
        if isinstance(term, LogRate) and key == keys[-1] and term.power == 1:
            offsets = [cell(number_at(tree, term.offset_key)) for _, tree in columns]
            yield code(term.offset_key), "years, in the logarithm", offsets


def listed(term: Steps | Lookup, columns: list[Column], title: str) -> str:
    """The table of a term that looks its number up."""
    head, trees = [], []
    for name, tree in columns:
        for sex in ("male", "female") if term.by_sex else ("",):
            trees.append(number_at(tree, f"{term.key}_{sex}" if sex else term.key) or {})
            head.append(f"{name} {sex}".strip())
    keys = list(dict.fromkeys(k for tree in trees for k in tree))
    rows = [[_range(k), *(cell(tree.get(k)) for tree in trees)] for k in keys]
    by_sex = f"{term.key}_male.…" if term.by_sex else f"{term.key}.…"
    path = by_sex.replace("/", ".")
    return f"**{title}** (`{path}`)\n\n" + table([term.feature, *head], rows, 1)


def _range(key: str) -> str:
    if key.endswith("+"):
        return f"{key[:-1]} or more"
    return re.sub(r"^(\d+)-(\d+)$", r"\1 to \2", key)


def scorecard(form: Form, columns: list[Column], head: list[tuple[str, str]], unit: str) -> str:
    """All numbers of a form; ``head`` names those no term has."""
    rows = [
        (code(path), what, *(cell(number_at(tree, path)) for _, tree in columns))
        for path, what in head
        if any(number_at(tree, path) is not None for _, tree in columns)
    ]
    blocks = []
    for term in form.terms:
        if isinstance(term, (Steps, Lookup)):
            blocks.append(listed(term, columns, term.name.capitalize()))
        else:
            rows += [(p, what, *numbers) for p, what, numbers in single_rows(term, columns)]
    names = [name or unit for name, _ in columns]
    first = table(("number", "multiplies", *names), rows, 2)
    return DEFAULTED.sub("", "\n\n".join([first, *blocks]))


def numbers(ident: str) -> str:
    """Every number of a predictor, from its tables, and how its paths begin."""
    p = rb.predictors.by_id[ident]
    if p.shows_components:
        return _sum(p)
    text = _numbers(p)
    found = dict.fromkeys(s.name for s in p.sections if s.name)
    if not found:
        return text
    paths = " or ".join(code(f"{s}.") for s in found)
    return f"{text}\n\nIn `table.replace` the paths begin with {paths}."


def _sum(p: rb.Predictor) -> str:
    """The numbers of a sum: those of its components, and what features add."""
    rows = [(link(c), code(f"{c.id}_2yr"), code(c.table.id)) for c in p.components]
    for a in p.additions:
        assert a.part is not None
        t, key = p.components[a.part].table, f"{a.section}.{a.key}"
        woman = "a woman with a history of sexual offending"
        rows.append((f"{woman}: {cell(dict(t.leaves())[key])}", code(key), code(t.id)))
    return table(("part", "number", "table"), rows)


def _numbers(p: rb.Predictor) -> str:
    tables = tables_for(p)
    sections = p.sections

    def tree(t: rb.CoefficientTable, section: Section) -> Mapping[str, Any]:
        found: Any = t.coefficients if section.name is None else t.coefficients[section.name]
        return dict(found)

    if not sections[-1].terms:
        return _categories(sections[0], tree(p.table, sections[0]))
    columns = []
    for t in tables:
        for s in sections:
            words = (t.id if len(tables) > 1 else "", s.form)
            default = "points" if s.unit == "points" else ""
            columns.append((" ".join(filter(None, words)) or default, tree(t, s)))
    head = [(e.key, ABOUT.get(e.key, "")) for e in sections[-1].entries]
    unit = "number" if p.has_points else p.unit
    return scorecard(p.forms[-1], columns, sorted(head, key=lambda e: e[0] != "slope"), unit)


#: What the numbers multiply that belong to no term.
ABOUT = {
    **{f"intercept_{h}": f"1: the constant, {years}" for h, years in YEARS.items()},
    "slope": "points",
    "zero_points_probability": "the probability at 0 points",
}


def _categories(section: Section, tree: Mapping[str, Any]) -> str:
    """What each category of a hierarchy stands for."""
    kinds = [e.key for e in section.entries if e.key in tree]
    rows = [
        (f"{place}", k, *(cell(tree[kind][k]) for kind in kinds))
        for place, k in enumerate(section.entries[0].by, 1)
    ]
    return table(("", "category", *kinds), rows, 2)


# --- sources, bands, cautions, departures -----------------------------------------------------


def sources(*idents: str) -> str:
    """Where the numbers of predictors come from."""
    chosen = [rb.predictors.by_id[i] for i in idents]
    return "\n\n".join(p for p in (_components(chosen), _tables(chosen)) if p)


def _components(chosen: Iterable[rb.Predictor]) -> str:
    """Which tables the parts of a sum read, and where these are shown."""
    rows = [
        (link(part), code(t.id), t.status, t.source.rstrip("."), code(t.digest))
        for p in chosen
        for part in p.components
        for t in part.tables
    ]
    if not rows:
        return ""
    return (
        "The score is a sum and has no coefficient table of its own. Its parts read these tables; "
        "the page of each part has the notes and departures.\n\n"
        + table(("part", "table", "status", "source", "digest"), rows)
    )


def _tables(chosen: Iterable[rb.Predictor]) -> str:
    """The coefficient tables of predictors, each with its source."""
    found = dict.fromkeys(t for p in chosen for t in tables_for(p))
    lines = []
    for t in found:
        default = any(p.table == t for p in chosen)
        lines.append(f"**`{t.id}`** ({t.status}{', default' if default else ''}): {t.title}.\n")
        lines += [f"- Source: {t.source.rstrip('.')}."]
        if t.precision:
            lines.append(f"- Precision: {t.precision}.")
        lines.append(f"- Licence: {t.licence.rstrip('.')}. Digest of the numbers: `{t.digest}`.")
        lines += [f"- Note: {note}" for note in t.notes]
        lines += [f"- Departure: {departure}" for departure in t.departures]
        lines.append("")
    return "\n".join(lines).rstrip()


def bands(ident: str) -> str:
    """The bands a predictor is read in."""
    scale = rb.predictors.by_id[ident].bands
    assert scale is not None
    if not isinstance(scale, rb.BandTable):
        return f"`{scale.id}`: " + ", ".join(scale.labels) + ", by category and not by percentage."
    unit = "points" if scale.unit.value == "points" else "percent"
    rounding = f", rounded {scale.rounding}" if scale.rounding else ""
    rows = [(b.label, str(b.interval)) for b in scale.bands]
    text = table(("band", unit), rows)
    name = band_link(rb.predictors.by_id[ident])
    return f"{name} ({scale.status.value}), by {scale.score or unit}{rounding}:\n\n{text}"


def cautions(*idents: str) -> str:
    """What scores of predictors do not say, each with its source."""
    whom = {"everyone": "", "women": "**Women.** ", "sexual": "**Sexual offences.** "}
    chosen = dict.fromkeys(c for i in idents for c in rb.predictors.by_id[i].cautions)
    return "\n".join(f"- {whom[c.about]}{c.text} *Source: {c.source}.*" for c in chosen)


def measured(page: str) -> str:
    """The departures of a page, with counts."""
    return "\n\n".join(
        f"### {d.title}\n\nHere: {d.here}\n\nThe other reading: {d.other}\n\n{table_of(d)}"
        for d in departures()
        if d.page == page
    )


def overview() -> str:
    """All departures, a line for each group of people."""
    rows = []
    for d in departures():
        for e in d.effects:
            band = "" if e.band is None else f"{e.band:,}"
            name = f"[{d.title}]({d.page}.md#{_anchor(d.title)})"
            percent = f"{e.percent:,} {'concerned' if d.concerns else ''}".rstrip()
            rows.append((name, e.group, f"{e.people:,}", percent, band))
    head = ("departure", "whose score", "people", "percentage differs", "band differs")
    return table(head, rows, 2)


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


SECTIONS: dict[str, Callable[..., str]] = {
    "summary": summary,
    "all": everyone,
    "inputs": inputs,
    "numbers": numbers,
    "sources": sources,
    "bands": bands,
    "cautions": cautions,
    "departures": measured,
    "overview": overview,
}


def render(text: str) -> str:
    """A page with its generated sections written anew."""

    def section(match: re.Match[str]) -> str:
        content = SECTIONS[match["section"]](*match["args"].split())
        return f"{match[1]}\n{content}\n\n{match[5]}"

    return MARK.sub(section, text)


def pages() -> list[Path]:
    """The pages with generated sections."""
    return sorted(p for p in FOLDER.glob("*.md") if MARK.search(p.read_text("utf-8")))


if __name__ == "__main__":
    for page in pages():
        page.write_text(render(page.read_text("utf-8")), encoding="utf-8")
