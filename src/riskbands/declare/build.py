"""From a declaration to the instrument: one value with everything the built-in ones have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._digest import digest
from riskbands.arithmetic.percent import Percent
from riskbands.bands.builtin import band_tables
from riskbands.bands.table import BandTable, Unit
from riskbands.declare.common import Common
from riskbands.declare.derived import declare_derived
from riskbands.declare.faults import Faults, Node, nearest
from riskbands.declare.outputs import Outputs
from riskbands.declare.people import NAME, People
from riskbands.declare.terms import joint_groups, read_terms
from riskbands.errors import RiskBandsError
from riskbands.instruments.linked import LinkedSum
from riskbands.instruments.panel import Panel
from riskbands.instruments.points import PointsScale
from riskbands.instruments.pointstable import PointsTable
from riskbands.instruments.regression import Regression
from riskbands.scorecards.coefficients import coefficient_tables
from riskbands.scorecards.form import Form

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskbands.declare.faults import Path
    from riskbands.instruments.predictor import Predictor

__all__ = ["LINKS", "ROOT_KEYS", "ROUNDINGS", "SCORE_KEYS", "build_instrument"]

ROOT_KEYS: Final = (
    "id", "name", "title", "about", "source", "status", "licence", "retrieved", "precision",
    "notes", "departures", "successor", "field", "derived", "score", "output", "applies", "check",
    "advice", "caution", "limits", "required", "example",
)  # fmt: skip
SCORE_KEYS: Final = (
    "link", "horizons", "rounding", "banded", "term", "table", "section", "joint", "bands",
    "intercept", "slope", "zero_points_probability", "probability", "by", "baseline_survival",
    "centre", "reduction",
)  # fmt: skip
#: What describes an instrument and decides no score.
_DESCRIBES: Final = frozenset({
    "id", "name", "title", "about", "source", "status", "licence", "retrieved", "precision",
    "notes", "departures", "successor", "caution", "example",
})  # fmt: skip
LINKS: Final = ("points", "points_logistic", "points_table", "logistic", "survival")
ROUNDINGS: Final = {rule.name.lower(): rule for rule in Percent}
#: What each link needs beside its terms, where the numbers stand in the file.
_NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "points": (),
    "points_logistic": ("horizons", "rounding", "intercept", "slope"),
    "points_table": ("horizons", "rounding", "probability"),
    "logistic": ("horizons", "rounding", "intercept"),
    "survival": ("horizons", "rounding", "baseline_survival"),
}


def build_instrument(
    data: Mapping[str, Any],
    name: str,
    line: Callable[[Path], int] | None = None,
    declaration: str = "",
) -> Predictor:
    """The instrument of a declaration.

    Args:
        data: The declaration.
        name: What to call it in errors.
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
    if ident and not NAME.fullmatch(ident):
        root.fault("must be a word of lower-case letters, digits and _", "id")
    builder = _Builder(root, ident or "instrument")
    made = builder.made()
    faults.check()
    assert made is not None
    try:
        made.prepare()
        _check_bands(made, root)
    except RiskBandsError as error:
        faults.add(("score",), str(error))
    faults.check()
    if made.table.id not in coefficient_tables:
        made = attrs.evolve(made, table=attrs.evolve(made.table, rules=_rules(data)))
    return attrs.evolve(made, declaration=declaration)


def _rules(data: Mapping[str, Any]) -> str:
    """Digest of what decides a score: all of a declaration but what only describes it."""
    return digest(_plain({k: v for k, v in data.items() if k not in _DESCRIBES}))


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(v) for v in node]
    return node if isinstance(node, bool | int) else str(node)


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


class _Builder:
    def __init__(self, root: Node, ident: str) -> None:
        self.root, self.ident = root, ident
        self.people = People(ident, root)
        self.common = Common(root, self.people, ident)
        declare_derived(self.people, root)

    def made(self) -> Predictor | None:
        root, people = self.root, self.people
        scored, outputs = root.has("score"), root.has("output")
        if scored == outputs:
            root.fault(
                "needs [score] (one score) or [[output]] (named results); both in one file are "
                "not supported: write two files"
            )
        found = Outputs(people, root.rows("output", 50))
        found.make()
        common: dict[str, Any] = {
            "id": self.ident,
            "name": root.text("name") or root.text("title"),
            "title": root.text("title"),
            "successor": root.text("successor"),
            "gate": self.common.gate(),
            "checks": self.common.checks("check", "refuse"),
            "advice": self.common.checks("advice", "when"),
            "cautions": self.common.cautions(),
        }
        common["limits"] = self.common.limits()
        common["required"] = self.common.required()
        if outputs and not scored:
            features = dict.fromkeys(f for r in found.results for f in r.features)
            common["required"] = tuple(dict.fromkeys((*common["required"], *features)))
            if common.pop("limits"):
                root.fault("belongs to [score]: give the fields their ranges here", "limits")
            vocabulary = people.vocabulary()
            return Panel(
                **common,
                vocabulary=vocabulary,
                rule=Percent.WHOLE,
                table=self.common.cited(found.numbers),
                results=tuple(found.results),
                sums=found.sums,
                factors=found.factors,
            )
        score = root.table("score")
        if score is None:
            return None
        return self._scored(score, common)

    # -- one score -----------------------------------------------------------------------------

    def _scored(self, score: Node, common: dict[str, Any]) -> Predictor | None:
        score.only(*SCORE_KEYS)
        score.needs("link", "term")
        link = score.choice("link", LINKS) or "points"
        named = score.text("table")
        tree: dict[str, Any] | None = None if named else {}
        if named and named not in coefficient_tables:
            hint = nearest(named, coefficient_tables)
            score.fault(f"is no built-in coefficient table; {hint}", "table")
        terms = read_terms(self.people, score.rows("term", 300), f"{self.ident}_score", tree)
        horizons = score.texts("horizons")
        for n, h in enumerate(horizons):
            if not NAME.fullmatch(f"h{h}"):
                score.fault('must be a word, such as "2yr"', "horizons", n)
        needed = _NEEDS[link][:2] if named else _NEEDS[link]
        score.needs(*needed)
        if link == "points" and horizons:
            score.fault("has points alone: no horizon", "horizons")
        if tree is not None:
            self._constants(score, link, horizons, tree)
        elif score.has("section"):
            pass
        rule = ROUNDINGS.get(score.choice("rounding", ROUNDINGS), Percent.WHOLE)
        limits = common["limits"]
        groups = self._groups(score, terms, limits)
        form = Form(section=score.text("section") or None, terms=terms, groups=groups)
        reduction = self.common.reduction(score)
        if reduction is not None and link == "logistic" and common["gate"] is None:
            common["gate"] = self.common.everyone()
        by = None
        if score.has("by"):
            f = self.people.feature(score.text("by"), (*score.path, "by"))
            by = f.name if f is not None else None
            if link != "points_table":
                score.fault("belongs to the link points_table", "by")
        banded = score.choice("banded", (*horizons, "points")) or (horizons or ("points",))[-1]
        if banded == "points" and link in ("logistic", "survival"):
            score.fault(f"is points, and the link {link} has none", "banded")
        has_points = link.startswith("points")
        bands = self._bands(
            score, "points" if banded == "points" else "percent", has_points, bool(horizons)
        )
        vocabulary = self.people.vocabulary()
        common |= {
            "vocabulary": vocabulary,
            "horizons": horizons,
            "rule": rule,
            "banded": banded if banded in horizons else (horizons or ("2yr",))[-1],
            "table": named or self.common.cited(tree or {}),
            "bands": bands,
            "forms": (form,),
            "reduction": reduction,
        }
        zero = named and score.truth("zero_points_probability")
        zero = bool(zero or (not named and score.has("zero_points_probability")))
        match link:
            case "points" | "points_table":
                return PointsTable(**common, by=by)
            case "points_logistic":
                return PointsScale(**common, zero_points=zero)
            case "survival":
                return LinkedSum(**common, link="survival")
        if common["gate"] is not None or common["required"] or reduction is not None:
            return LinkedSum(**common, link="logistic")
        del common["gate"], common["required"]
        return Regression(**common)

    def _constants(
        self, score: Node, link: str, horizons: tuple[str, ...], tree: dict[str, Any]
    ) -> None:
        """Numbers beside the terms; one for each horizon, or one alone."""
        own = {
            "points": (),
            "points_logistic": ("intercept", "slope", "zero_points_probability"),
            "points_table": ("probability",),
            "logistic": ("intercept",),
            "survival": ("baseline_survival", "centre"),
        }[link]
        for key in (
            "intercept", "slope", "zero_points_probability", "probability", "baseline_survival",
            "centre",
        ):  # fmt: skip
            if key not in own and score.has(key):
                score.fault(f"does not belong to the link {link}", key)
        for key in ("slope", "zero_points_probability", "centre"):
            if key in own and score.has(key):
                tree[key] = score.decimal(score.data[key], key)
        if link == "survival":
            tree.setdefault("centre", "0")
        for key in ("intercept", "baseline_survival"):
            if key not in own or not score.has(key):
                continue
            given = score.data[key]
            if not hasattr(given, "items"):
                given = dict.fromkeys(horizons[:1], given)
            self._by_horizon(score, key, given, horizons)
            for h in horizons:
                if h in given:
                    tree[f"{key}_{h}"] = score.decimal(given[h], key, h)
        if "probability" in own and score.has("probability"):
            given = score.table("probability")
            if given is not None:
                self._by_horizon(score, "probability", given.data, horizons)
                for h in horizons:
                    if given.has(h):
                        tree[f"probability_{h}"] = self._decimals(given, h, score.has("by"))

    def _by_horizon(
        self, score: Node, key: str, given: Mapping[str, Any], horizons: tuple[str, ...]
    ) -> None:
        for h in given:
            if h not in horizons:
                score.fault(f"is no horizon; {nearest(h, horizons)}", key, h)
        lacking = [h for h in horizons if h not in given]
        if lacking:
            score.fault(f"says nothing of {', '.join(lacking)}", key)

    def _decimals(self, node: Node, key: str, deeper: bool) -> dict[str, Any]:
        inner = node.table(key)
        if inner is None:
            return {}
        if deeper:
            return {k: self._decimals(inner, k, False) for k in inner.data}
        return {str(k): inner.decimal(v, k) for k, v in inner.data.items()}

    def _groups(
        self, score: Node, terms: tuple[Any, ...], limits: Mapping[str, tuple[int, int]]
    ) -> tuple[tuple[str, ...], ...]:
        found = joint_groups(self.people, terms, limits, score)
        given = score.data.get("joint")
        if given is None:
            return found
        whole = isinstance(given, list | tuple) and all(
            isinstance(g, list | tuple) and all(isinstance(n, str) for n in g) for g in given
        )
        if not whole:
            score.fault("must be a list of lists of names", "joint")
            return found
        groups = []
        for n, names in enumerate(given):
            group, size = [], 1
            for name in names:
                f = self.people.feature(name, (*score.path, "joint", n))
                if f is None:
                    return found
                low, high = limits.get(f.name, (f.low or 0, f.high or 0))
                size *= high - low + 1
                group.append(f.name)
            if size > 2_000_000:
                score.fault(f"has a table of {size:,} entries; at most 2,000,000", "joint", n)
                return found
            groups.append(tuple(group))
        for term in terms:
            if not any(set(term.features) <= set(g) for g in groups):
                score.fault(f"has no list with all features of {term.name}", "joint")
        return tuple(groups)

    def _bands(self, score: Node, unit: str, points: bool, percent: bool) -> BandTable | str | None:
        given = score.data.get("bands")
        if given is None:
            return None
        if isinstance(given, str):
            if given not in band_tables:
                score.fault(f"is no built-in band table; {nearest(given, band_tables)}", "bands")
                return None
            return given if self._fits(score, band_tables[given], points, percent) else None
        node = score.table("bands")
        if node is None:
            return None
        try:
            if "id" not in node.data:
                return self._edges(node, unit)
            table = BandTable.from_dict(node.data)
            return table if self._fits(score, table, points, percent) else None
        except RiskBandsError as error:
            score.fault(str(error), "bands")
        return None

    def _fits(self, score: Node, table: BandTable, points: bool, percent: bool) -> bool:
        """Whether a band table is for what this instrument gives; a fault otherwise."""
        if not (points if table.unit is Unit.POINTS else percent):
            score.fault(f"{table.id} bands {table.unit.value}, and there are none here", "bands")
            return False
        try:
            table.banding(self.ident, any_score=False)
        except RiskBandsError as error:
            score.fault(str(error), "bands")
            return False
        return True

    def _edges(self, node: Node, unit: str) -> BandTable | None:
        """Bands by the score each starts at, the lowest first."""
        before = len(node.faults)
        starts = [node.decimal(value, label) for label, value in node.data.items()]
        if len(node.faults) > before:
            node.fault('gives the score at which each band starts: { Low = "0", High = "10" }')
            return None
        if not starts:
            node.fault("has no band")
            return None
        ends = [*starts[1:], "inf"]
        for label, start, end in zip(node.data, starts, ends, strict=True):
            if float(start) >= float(end):
                node.fault("does not start below the next: write the lowest band first", label)
                return None
        rows = [
            {"label": label, "interval": f"[{start}, {end})"}
            for label, start, end in zip(node.data, starts, ends, strict=True)
        ]
        return BandTable.from_dict(
            {
                "id": f"{self.ident}-bands",
                "title": f"{self.root.text('title')}: bands",
                "score": self.root.text("name") or self.root.text("title"),
                "unit": unit,
                "applies_to": [self.ident],
                "source": self.root.text("source"),
                "band": rows,
                "below": "none",
                "above": "none",
                "missing": "none",
            }
        )
