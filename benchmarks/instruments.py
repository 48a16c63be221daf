"""Instruments from a file beside built-in ones; screening tools and the tier rule beside OGRS3."""

from __future__ import annotations

import statistics
import tempfile
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import riskbands as rb
from benchmarks.data import everything, raw
from benchmarks.harness import Options, Result, Skipped, faster, library, medians, skipped
from benchmarks.single import start
from benchmarks.text_in import FIELDS, arrow_of, as_text
from riskbands.cohorts.columns import DictionaryColumn
from riskbands.predictors import by_id
from riskbands.vocabulary.fields import Kind
from riskbands.vocabulary.offences import violent_or_sexual

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FROM_FILE = "An instrument from a file"
TOOLS = "Screening tools and the tier rule beside OGRS3, each from its own columns"
#: Instruments that are written to a file and read again.
_WRITTEN = ("ogrs3", "osp_dc")
_TERMS = 100
_TOOLS = ("mst", "lds", "opd", "pni", "pni_api")
_READ_BY_PNI = ("arp", "vrp", "dc_srp", "iic_srp", "csrp")
_TIER = "tier-v3-2026-06-18"
_ROWS = 300_000


# ----------------------------------------------------------------------------- from a file


def from_file(ident: str) -> rb.Predictor:
    """A built-in instrument, read from the file that it writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{ident}.toml"
        path.write_text(by_id[ident].to_toml(), "utf-8")
        return rb.load_instrument(path)


def _same(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    """Refuse a comparison whose sides give different answers.

    Raises:
        AssertionError: They do.
    """
    assert list(mine) == list(theirs)
    for name in mine:
        one, other = (np.asarray(c[name]) for c in (mine, theirs))
        both_missing = (one != one) & (other != other)
        assert ((one == other) | both_missing).all(), name


def verify_files(rows: int = 20_000) -> None:
    """The instrument of a file gives what the built-in one gives."""
    columns = everything(rows)
    for ident in _WRITTEN:
        _same(rb.score_cohort(columns, [from_file(ident)]), rb.score_cohort(columns, [ident]))


def long_file(terms: int = _TERMS) -> str:
    """The text of a made-up instrument with so many terms."""
    head = (
        'id = "long"\nname = "Long"\ntitle = "A long points scale (made up)"\n'
        'source = "Made up for a measurement"\nstatus = "made up"\nlicence = "CC0"\n'
    )
    fields = "".join(
        f'\n[field.answer_{n}]\ntype = "count"\nlow = 0\nhigh = 20\nmeaning = "answer {n}"\n'
        for n in range(terms)
    )
    scored = "".join(
        f'\n[[output.term]]\nof = "answer_{n}"\npoints = {{ "0" = 0, "1-5" = 1, "6+" = 2 }}\n'
        for n in range(terms)
    )
    return f'{head}{fields}\n[[output]]\nname = "points"\nabout = "sum of points"\n{scored}'


def measure_files(o: Options, repetitions: int = 15) -> Iterator[Result]:
    """Rows a second of an instrument from a file, and how long it takes to load one."""
    verify_files()
    columns = everything(o.cohort_rows)
    for ident in _WRITTEN:
        mine = from_file(ident)
        seconds = medians(
            {
                "file": partial(rb.score_cohort, columns, [mine], threads=1),
                "built-in": partial(rb.score_cohort, columns, [ident], threads=1),
            },
            o.repetitions,
        )
        ours, theirs = ((seconds[who], o.cohort_rows) for who in ("file", "built-in"))
        work = f"{by_id[ident].name} as it is written to a file, one thread"
        yield faster(FROM_FILE, work, "the built-in one", ours, theirs, 0.9)
    yield _loading(max(o.repetitions, repetitions))


def _loading(repetitions: int) -> Result:
    """What loading a file adds to a new interpreter, beside what NumPy adds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.toml"
        path.write_text(long_file(), "utf-8")
        own = "import riskbands as rb; rb.Predictor"
        load = f"{own}; rb.load_instrument({str(path)!r})"
        codes = {"nothing": "pass", "numpy": "import numpy", "own": own, "load": load}
        times: dict[str, list[float]] = {name: [] for name in codes}
        for turn in range(repetitions + 1):
            for name, code in codes.items():
                taken = start(code, folder)
                if turn:
                    times[name].append(taken)
    middle = {name: statistics.median(found) for name, found in times.items()}
    ours, theirs = middle["load"] - middle["own"], middle["numpy"] - middle["nothing"]
    return Result(
        FROM_FILE,
        f"loading a file of {_TERMS} terms, the modules that read it included",
        "import numpy",
        ours,
        theirs,
        "ms",
        ours / theirs,
        1.0,
        at_most=True,
        note="ratio: share of that time; each is what a new interpreter takes longer",
    )


# ------------------------------------------------------------------- tools and the tier rule


@cache
def screening(rows: int, seed: int = 17) -> dict[str, Any]:
    """Every field that the screening tools, and the predictors that they read, take."""
    r = np.random.default_rng(seed)
    found = everything(rows, seed)
    listed = violent_or_sexual() >= 0
    known = np.array([c for c in np.unique(found["offence_code"]) if listed[int(c)]], dtype=object)
    found["offence_code"] = known[r.integers(0, len(known), rows)]
    for tool in _TOOLS:
        needs = by_id[tool].needs.readable
        for name, f in by_id[tool].vocabulary.fields.items():
            if name not in found and name in needs and f.kind is Kind.ENUM:
                words = np.array(f.values, dtype=object)
                found[name] = words[r.integers(0, len(words), rows)]
    for name in ("domestic_abuse_partner", "domestic_abuse_family"):
        hidden = found["domestic_abuse"] == 0  # of whom there is none it is not asked
        found[name] = np.ma.masked_array(found[name], hidden)
    return found


def supervised(rows: int, seed: int = 18) -> dict[str, Any]:
    """The facts that the tier rule reads."""
    r = np.random.default_rng(seed)

    def words(*listed: str | None) -> Any:
        return np.array(listed, dtype=object)[r.integers(0, len(listed), rows)]

    def yes(share: float) -> Any:
        return (r.random(rows) < share).astype(np.int8)

    facts = {
        "has_active_event": yes(0.95),
        "arp": np.round(r.random(rows) * 100, 2),
        "csrp": np.round(r.random(rows) * 12, 2),
        "dc_srp": np.round(r.random(rows) * 5, 2),
        "arp_type": words("static", "dynamic"),
        "csrp_type": words("static", "dynamic"),
        "dc_srp_band": words("low", "medium", "high", "very_high", "not_applicable"),
        "rosh": words("low", "medium", "high", "very_high"),
        "mappa_category": words("m1", "m2", None, None),
        "lifer_ipp": yes(0.05),
        "latest_release_date": np.datetime64("2020-07-15") + r.integers(0, 2000, rows),
    }
    impossible = (facts["dc_srp_band"] == "medium") & (facts["dc_srp"] < 1)
    facts["dc_srp"][impossible] = 1.2
    for name in ("domestic_abuse", "stalking", "child_protection", "ever_committed_sexual_offence"):
        facts[name] = yes(0.1)
    return facts


def small(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Days as they are, numbers in few bytes, and words as places in a list of words."""

    def column(values: Any) -> Any:
        if values.dtype == object:
            words = sorted({v for v in values.tolist() if v is not None})
            places = {None: -1} | {word: n for n, word in enumerate(words)}
            dtype = np.min_scalar_type(-len(words))
            return DictionaryColumn(np.array([places[v] for v in values], dtype), words)
        whole = values.dtype.kind == "i"
        return values.astype(np.min_scalar_type(-int(values.max()) - 1)) if whole else values

    return {name: column(values) for name, values in columns.items()}


def texts(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Every cell a text; None where it is masked."""
    found = as_text(columns)
    for name, values in columns.items():
        if isinstance(values, np.ma.MaskedArray):
            found[name] = np.where(np.ma.getmaskarray(values), None, found[name])
    return found


def needed(tool: str, rows: int) -> dict[str, Any]:
    """The columns that a tool reads."""
    if tool == _TIER:
        return supervised(rows)
    if tool == "ogrs3":
        return {name: raw(rows)[name] for name in FIELDS}
    parts = _READ_BY_PNI if _reads(tool) else ()
    names = {name for ident in (tool, *parts) for name in by_id[ident].needs.readable}
    return {name: values for name, values in screening(rows).items() if name in names}


def forms(columns: Mapping[str, Any]) -> dict[str, Any]:
    """The same columns in each kind.

    Raises:
        Skipped: A library is missing.
    """
    table = arrow_of(texts(columns))
    return {
        "compact NumPy columns": small(columns),
        "Arrow text": table,
        "Polars text": library("polars").from_arrow(table),
    }


def run(tool: str, data: Any, *before: str) -> Any:
    """What a tool says of a cohort, after other predictors."""
    if tool == _TIER:
        return rb.tier_cohort(data, today="2026-07-15", threads=1)
    return rb.score_cohort(data, [*before, tool], threads=1)


def answers(tool: str, found: Any) -> dict[str, list[Any]]:
    """What a tool says, as lists by column."""
    if tool == _TIER:
        bands = found["tier"].to_polars().to_list()
        return {"tier": bands} | {n: found[n].tolist() for n in found if n != "tier"}
    pl = library("polars")
    if isinstance(found, rb.CohortScores):
        found = rb.to_frame(found, "polars")
    elif not isinstance(found, pl.DataFrame):
        found = pl.from_arrow(found)
    names = [n for n in found.columns if n.startswith(f"{tool}_")]
    return {name: found[name].to_list() for name in names}


def verify_tools(rows: int = 5_000) -> None:
    """Every kind of column gives the same answers, and nearly every row has one.

    Raises:
        Skipped: Polars or PyArrow is missing.
    """
    for tool in ("ogrs3", *_TOOLS, _TIER):
        found = [answers(tool, run(tool, data)) for data in forms(needed(tool, rows)).values()]
        assert all(other == found[0] for other in found), tool
        issues = found[0]["tier_issues" if tool == _TIER else f"{tool}_issues"]
        assert sum(map(bool, issues)) < 0.01 * rows, tool


def measure_tools(o: Options) -> Iterator[Result]:
    """Each tool beside OGRS3, both from columns of one kind."""
    rows = min(o.cohort_rows, _ROWS)
    try:
        verify_tools()
        base = forms(needed("ogrs3", rows))
        tools = {tool: forms(needed(tool, rows)) for tool in (*_TOOLS, _TIER)}
    except Skipped as reason:
        yield skipped(TOOLS, "screening tools, tier", "OGRS3", 1.0, str(reason))
        return
    for kind, own in base.items():
        calls: dict[str, Callable[[], object]] = {"ogrs3": partial(run, "ogrs3", own)}
        calls |= {tool: partial(run, tool, data[kind]) for tool, data in tools.items()}
        alone = tools["pni"][kind]  # pni_api reads the same predictors
        calls["read by pni"] = partial(rb.score_cohort, alone, _READ_BY_PNI, threads=1)
        after = {tool: f"{tool} after" for tool in tools if _reads(tool)}
        calls |= {
            name: partial(run, tool, tools[tool][kind], *_READ_BY_PNI)
            for tool, name in after.items()
        }
        found = {n: s / rows * 1e9 for n, s in medians(calls, o.repetitions).items()}
        for tool, data in tools.items():
            width = _width(data[kind])
            each = f"{found[tool] / width:.1f} beside {found['ogrs3'] / len(FIELDS):.1f}"
            note = f"ratio: how many times its time; {width} columns, {each} ns per row and column"
            work = f"{tool} and the {len(_READ_BY_PNI)} predictors in it" if _reads(tool) else tool
            yield _beside(work, kind, found[tool], found["ogrs3"], rows, note, goal=1.0)
        for tool, name in after.items():
            own = found[name] - found["read by pni"]
            note = "ratio: how many times its time; what the call takes longer than without it"
            work = f"the rule of {tool} alone, after the predictors it reads"
            yield _beside(work, kind, own, found["ogrs3"], rows, note)
        yield Result(
            TOOLS,
            f"pni and the predictors it reads, from {kind}, one thread",
            ", ".join(_READ_BY_PNI),
            found["pni after"],
            found["read by pni"],
            "ns/row",
            found["pni after"] / found["read by pni"],
            at_most=True,
            rows=rows,
            note="ratio: how many times the time of those alone",
        )


def _reads(tool: str) -> bool:
    """Whether a tool reads other predictors, which are worked out with it."""
    return tool.startswith("pni")


def _width(data: Any) -> int:
    """How many columns there are."""
    return len(data.columns) if hasattr(data, "columns") else len(data)


def _beside(
    work: str,
    kind: str,
    ours: float,
    theirs: float,
    rows: int,
    note: str,
    goal: float | None = None,
) -> Result:
    """A line beside OGRS3 from columns of the same kind."""
    return Result(
        TOOLS,
        f"{work}, from {kind}, one thread",
        "OGRS3",
        ours,
        theirs,
        "ns/row",
        ours / theirs,
        goal,
        at_most=True,
        rows=rows,
        note=note,
    )
