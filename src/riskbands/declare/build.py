"""From a declaration to the instrument: one value with everything the built-in ones have."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._digest import digest
from riskbands.arithmetic.percent import Percent
from riskbands.bands.table import BandTable, Unit
from riskbands.declare.common import Common
from riskbands.declare.derived import declare_derived
from riskbands.declare.faults import Faults, Node, nearest
from riskbands.declare.outputs import Outputs
from riskbands.declare.parts import Parts
from riskbands.declare.people import NAME, WORD, People
from riskbands.declare.scored import LINKS, ROUNDINGS, SCORE_KEYS, Scored
from riskbands.errors import RiskBandsError
from riskbands.instruments.panel import Panel
from riskbands.instruments.points import PointsScale
from riskbands.predictors import by_id
from riskbands.scorecards.coefficients import coefficient_tables
from riskbands.vocabulary.fields import FieldFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.declare.beside import Beside
    from riskbands.declare.faults import Path
    from riskbands.instruments.predictor import Predictor
    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = [
    "COMPONENT_KEYS", "LINKS", "ROOT_KEYS", "ROUNDINGS", "SCORE_KEYS", "build_instrument",
]  # fmt: skip

#: What every instrument may have, a component of a sum too.
_SHARED: Final = (
    "name", "title", "about", "source", "status", "licence", "retrieved", "precision", "notes",
    "departures", "successor", "score", "applies", "not_applicable", "check", "advice", "caution",
    "limits", "required",
)  # fmt: skip
ROOT_KEYS: Final = (
    "id", *_SHARED[:11], "field", "derived", "reads", "component", "output", *_SHARED[11:],
    "example",
)  # fmt: skip
COMPONENT_KEYS: Final = _SHARED
#: What describes an instrument and decides no score.
_DESCRIBES: Final = frozenset({
    "id", "name", "title", "about", "source", "status", "licence", "retrieved", "precision",
    "notes", "departures", "successor", "caution", "example",
})  # fmt: skip


def build_instrument(
    data: Mapping[str, Any],
    name: str,
    beside: Beside,
    line: Callable[[Path], int] | None = None,
    declaration: str = "",
) -> Predictor:
    """The instrument of a declaration.

    Args:
        data: The declaration.
        name: What to call it in errors.
        beside: The files it may name.
        line: Gives the line of a place.
        declaration: Its text, which `Predictor.to_toml` gives back.

    Raises:
        TableError: It has faults; all are named.
    """
    faults = Faults(name, line)
    root = Node(data, (), faults)
    if root.has("term"):
        root.fault("stands alone: write [[score.term]] or [[output.term]]", "term")
    root.only(*ROOT_KEYS, "term")
    root.needs("id", "title", "source")
    ident = root.text("id")
    if not NAME.fullmatch(ident):
        if ident:
            root.fault(WORD, "id")
        ident = "instrument"  # whatever else is wrong is told too
    builder = _Builder(root, ident, beside)
    made = builder.made()
    faults.check()
    assert made is not None
    rules = _rules(data, builder.parts.named)
    made = builder.completed(made, rules)
    for path, p in builder.of_this_file(made):
        if p.id in by_id and (path or not _is_built_in(p, data, builder.parts.named)):
            text = f"{p.id} is a built-in instrument, and this is another one: give another"
            faults.add(*((path, f"{text} name") if path else (("id",), f"{text} id")))
        try:
            p.prepare()
            _check_bands(p, Node({}, path, faults))
            _check_columns(p, faults)
        except RiskBandsError as error:
            faults.add(*_placed(data, (*path, "score"), str(error)))
    faults.check()
    return attrs.evolve(made, declaration=declaration)


def _rules(data: Mapping[str, Any], named_by_it: tuple[Predictor, ...]) -> str:
    """Digest of what decides a score: all of a declaration but what only describes it.

    The instruments that it names decide as well, by the digests of their tables.
    """
    decides = {k: v for k, v in data.items() if k not in _DESCRIBES}
    if "component" in decides:
        decides["component"] = {
            name: {k: v for k, v in inner.items() if k not in _DESCRIBES}
            for name, inner in decides["component"].items()
        }
    named = [[p.id, p.table.digest, *(t.digest for t in p.tables)] for p in named_by_it]
    return digest([_plain(decides), named] if named else _plain(decides))


def _built_in_rules(p: Predictor) -> str:
    """The same digest of the built-in instrument of that id and table, if there is one."""
    known = by_id.get(p.id)
    if known is None or not known.has_table or known.table.id != p.table.id:
        return ""
    return _rules(tomllib.loads(known.to_toml()), known.components)


def _is_built_in(p: Predictor, data: Mapping[str, Any], named: tuple[Predictor, ...]) -> bool:
    """Whether a declaration is the built-in instrument of its id.

    Its coefficients and bands may be those of another table for it, as by `Predictor.with_table`
    and `Predictor.with_bands`: each result names them.
    """
    known = by_id[p.id]
    try:
        written = tomllib.loads(known.to_toml())
    except RiskBandsError:  # a file has no words for it
        return False
    same = _rules(_without_tables(data), named) == _rules(
        _without_tables(written), known.components
    )
    return same and ("table" not in data.get("score", {}) or p.id in p.table.predictor)


def _without_tables(data: Mapping[str, Any]) -> Mapping[str, Any]:
    if "score" not in data:
        return data
    kept = {k: v for k, v in data["score"].items() if k not in ("table", "bands")}
    return {**data, "score": kept}


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(v) for v in node]
    return node if isinstance(node, bool | int) else str(node)


def _placed(data: Mapping[str, Any], path: tuple[str, ...], said: str) -> tuple[Path, str]:
    """A fault of a whole score, at the term that it comes from where that can be told."""
    if not said.endswith("points must be whole numbers"):
        return path, said
    score: Any = data
    for key in path:
        score = score[key]
    for n, row in enumerate(score.get("term", ())):
        for which in ("points", "weight"):
            numbers = [Decimal(text) for text in _numbers_in(row.get(which, 0))]
            if any(number != number.to_integral_value() for number in numbers):
                text = (
                    "must be whole numbers where the link has points: multiply all points, and the "
                    "edges of bands and tables, by the same number"
                )
                return (*path, "term", n, which), text
    return path, said


def _numbers_in(node: Any) -> Iterator[str]:
    """All numbers of the weight of a term, which is known to have no fault."""
    if isinstance(node, Mapping):
        node = list(node.values())
    if isinstance(node, list | tuple):
        for inner in node:
            yield from _numbers_in(inner)
    else:
        yield str(node)


def _check_bands(made: Predictor, root: Node) -> None:
    """Refuse bands that leave out points that can be reached."""
    if not (isinstance(made, PointsScale) and isinstance(made.bands, BandTable)):
        return
    if made.bands.unit is not Unit.POINTS:
        return
    lowest, highest = made.reach
    if highest - lowest >= 1000:
        root.fault(f"has points from {lowest} to {highest}, too many to be banded", "score")
        return
    codes = made.bands.codes(np.arange(lowest, highest + 1), refused="missing")
    out = [lowest + int(n) for n in np.flatnonzero(codes < 0)]
    if out:
        root.fault(f"{out[0]} points can be reached and are in no band", "score", "bands")


def _check_columns(made: Predictor, faults: Faults) -> None:
    """Refuse a field, or a result, with the name of a result: no table could have both columns."""
    owners: dict[str, str] = {}
    for part in (made, *made.components) if made.shows_components else (made,):
        for name in sorted(_columns_of(part)):
            other = owners.setdefault(name, part.id)
            if other != part.id:
                faults.add(
                    ("score", "of"),
                    f"column {name} is a result of {other} and of {part.id}: give one of them "
                    "another name",
                )
        for name in sorted(_columns_of(part) & made.needs.readable):
            faults.add(
                ("field", name),
                f"has the name of a column of {part.id}'s results, so no table could have both: "
                "give it another name",
            )
        columns = {name.lower() for name in _columns_of(part)}
        for name, f in part.vocabulary.fields.items():
            for n, column in enumerate(f.columns):
                if column.lower() in columns:
                    faults.add(
                        ("field", name, "columns", n),
                        f"is a column of {part.id}'s results, so no table could have both: leave "
                        "it out",
                    )


def _columns_of(p: Predictor) -> set[str]:
    """The names of the columns that an instrument can give."""
    there = {
        "points": p.has_points,
        "band": p.bands is not None,
        "type": p.has_forms,
        "reduced": p.reducible,
    }
    names = [r.name for r in p.results] + [name for name, has in there.items() if has]
    names += [f"{h}{end}" for h in p.horizons for end in ("", "_p")]
    return {f"{p.id}_{name}" for name in (*names, "issues", "information")}


class _Builder:
    def __init__(self, root: Node, ident: str, beside: Beside) -> None:
        self.root, self.ident = root, ident
        self.people = People(ident, root, beside.budget)
        self._nodes = dict(root.tables("component"))
        makers = {name: partial(self._component, name) for name in self._nodes}
        self.parts = Parts(root, self.people, ident, makers, beside)
        self.parts.declare_reads()
        declare_derived(self.people, root)

    def made(self) -> Predictor | None:
        """The instrument, still without its whole vocabulary; None where it has faults."""
        root = self.root
        if not (root.has("score") or root.has("output")):
            root.fault("needs [score] (one score), [[output]] (named results) or both")
        outputs = Outputs(self.people, root.rows("output", 50))
        outputs.make()
        common = Common(root, self.people, self.ident)
        described = self._described(root, common, self.ident)
        score = root.table("score")
        if root.has("score"):
            scored = Scored(root, self.ident, self.people, common, self.parts)
            made = None if score is None else scored.read(score, described, outputs)
        else:
            made = self._panel(described, common, outputs)
        root.table("example")
        for name in self.parts.unused:
            self._nodes[name].fault("is a part of no sum: name it in [score] of")
        return made

    def _described(self, node: Node, common: Common, ident: str) -> dict[str, Any]:
        """What every instrument has beside its score."""
        return {
            "id": ident,
            "name": node.text("name") or node.text("title"),
            "title": node.text("title"),
            "successor": node.text("successor"),
            "gate": common.gate(),
            "zero_elsewhere": common.zero_elsewhere(),
            "checks": common.checks("check", "refuse"),
            "advice": common.checks("advice", "when"),
            "cautions": common.cautions(),
            "limits": common.limits(),
            "required": common.required(),
        }

    def _panel(self, described: dict[str, Any], common: Common, outputs: Outputs) -> Predictor:
        features = dict.fromkeys(f for r in outputs.results for f in r.features)
        described["required"] = tuple(dict.fromkeys((*described["required"], *features)))
        if described.pop("limits"):
            self.root.fault("belongs to [score]: give the fields their ranges here", "limits")
        if self.parts.reads:
            self.root.fault("belongs to [score], with a link of points", "reads")
        return Panel(
            **described,
            rule=Percent.WHOLE,
            table=common.cited(outputs.numbers),
            results=tuple(outputs.results),
            sums=outputs.sums,
            factors=outputs.factors,
            tells=True,
        )

    def _component(self, name: str) -> Predictor | None:
        """An instrument of its own under ``[component.<name>]``, a part of the sum."""
        node = self._nodes[name]
        if not self.people.named(name, node.path):
            return None
        node.only(*COMPONENT_KEYS)
        node.needs("title", "score")
        score = node.table("score")
        if score is None:
            return None
        if score.data.get("link") == "sum":
            score.fault("is a sum of its own: write it in a file of its own", "link")
            return None
        ident = f"{self.ident}_{name}"
        common = Common(node, self.people, ident, self.root)
        scored = Scored(node, ident, self.people, common, self.parts)
        return scored.read(score, self._described(node, common, ident), Outputs(self.people, []))

    # -- in the end ------------------------------------------------------------------------------

    def completed(self, made: Predictor, rules: str) -> Predictor:
        """The instrument and its components with their vocabulary, and what decides their scores.

        Raises:
            TableError: Names mean something else in an instrument that is named.
        """
        vocabulary = self.parts.vocabulary()
        self.root.faults.check()
        assert vocabulary is not None
        self._check_example(vocabulary)
        self._check_named_columns(vocabulary)
        own = {id(p): self._complete(p, vocabulary, rules) for p in self.parts.components}
        made = self._complete(made, vocabulary, rules)
        parts = getattr(made, "parts", ())
        if parts:
            made = attrs.evolve(made, parts=tuple(own.get(id(p), p) for p in parts))  # type: ignore[call-arg]
        return made

    def _check_example(self, vocabulary: Vocabulary) -> None:
        example = self.root.table("example")
        for name in example.data if example is not None else ():
            if name not in vocabulary.fields:
                known = nearest(name, vocabulary.fields)
                self.root.fault(f"is no field that the instrument reads; {known}", "example", name)
                continue
            try:
                vocabulary.fields[name].parse(example.data[name])  # type: ignore[union-attr]
            except FieldFault as fault:
                self.root.fault(str(fault), "example", name)

    def _check_named_columns(self, vocabulary: Vocabulary) -> None:
        """Refuse a column of a field that is never read, as it is another field by its name."""
        for name, f in self.people.fields.items():
            for n, column in enumerate(f.columns):
                other = column.strip().lower()
                if not other or other != column.lower():
                    text = "must be a name without spaces around it"
                    self.root.fault(text, "field", name, "columns", n)
                elif other in vocabulary.fields and other not in self.people.fields:
                    text = f"is the column of {other}, and is never read as {name}: leave it out"
                    self.root.fault(text, "field", name, "columns", n)

    def _complete(self, p: Predictor, vocabulary: Vocabulary, rules: str) -> Predictor:
        p = attrs.evolve(p, vocabulary=vocabulary)
        if p.table.id in coefficient_tables and _built_in_rules(p) == rules:
            return p
        return attrs.evolve(p, table=attrs.evolve(p.table, rules=rules))

    def of_this_file(self, made: Predictor) -> list[tuple[tuple[str, ...], Predictor]]:
        """Each instrument of the file, with where it stands; the components first."""
        found: list[tuple[tuple[str, ...], Predictor]] = []
        for p in getattr(made, "parts", ()):
            name = p.id.removeprefix(f"{self.ident}_")
            if name in self._nodes and p not in self.parts.named:
                found.append((("component", name), p))
        return [*found, ((), made)]
