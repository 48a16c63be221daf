"""One score of a declaration: its scorecard or its parts, its link, its bands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands.arithmetic.percent import Percent
from riskbands.bands.table import BandTable
from riskbands.declare.bandings import Bandings
from riskbands.declare.cards import FORMS, Cards
from riskbands.declare.constants import read_constants
from riskbands.declare.faults import nearest
from riskbands.declare.people import NAME
from riskbands.instruments.combined import Combined
from riskbands.instruments.hierarchy import Hierarchy
from riskbands.instruments.linked import LinkedSum
from riskbands.instruments.points import PointsScale
from riskbands.instruments.pointstable import PointsTable
from riskbands.instruments.regression import Regression
from riskbands.scorecards.coefficients import coefficient_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.bands.scale import BandScale
    from riskbands.declare.common import Common
    from riskbands.declare.faults import Node
    from riskbands.declare.outputs import Outputs
    from riskbands.declare.parts import Parts
    from riskbands.declare.people import People
    from riskbands.instruments.predictor import Predictor
    from riskbands.scorecards.form import Form
    from riskbands.vocabulary.feature import Feature

__all__ = ["LINKS", "RESERVED", "ROUNDINGS", "SCORE_KEYS", "Scored"]

SCORE_KEYS: Final = (
    "link", "horizons", "rounding", "banded", "term", "table", "section", "joint", "bands",
    "intercept", "slope", "zero_points_probability", "probability", "by", "baseline_survival",
    "centre", "reduction", "brief", "extended", "of", "band", "add",
)  # fmt: skip
LINKS: Final = (
    "points", "points_logistic", "points_table", "logistic", "survival", "category", "sum",
)  # fmt: skip
ROUNDINGS: Final = {rule.name.lower(): rule for rule in Percent}
#: What each link needs: always, and where the numbers stand in the file.
_NEEDS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "points": ((), ()),
    "points_logistic": (("horizons", "rounding"), ("intercept", "slope")),
    "points_table": (("horizons", "rounding"), ("probability",)),
    "logistic": (("horizons", "rounding"), ("intercept",)),
    "survival": (("horizons", "rounding"), ("baseline_survival",)),
    "category": (("of", "horizons", "rounding"), ("probability",)),
    "sum": (("of", "horizons", "rounding"), ()),
}
_MOST_HORIZONS: Final = 12
#: Names that columns beside the percentages have.
RESERVED: Final = ("issues", "information", "points", "band", "type", "reduced")
#: Links that some words belong to.
_SCORECARDS: Final = ("points", "points_logistic", "points_table", "logistic", "survival")
_BELONGS: Final[Mapping[str, tuple[str, ...]]] = {
    "term": _SCORECARDS,
    "joint": _SCORECARDS,
    "by": ("points_table",),
    "rounding": tuple(link for link in LINKS if link != "points"),
    "of": ("category", "sum"),
    "band": ("category",),
    "add": ("sum",),
    "brief": ("logistic", "survival"),
    "extended": ("logistic", "survival"),
    "table": (*_SCORECARDS, "category"),
    "section": (*_SCORECARDS, "category"),
}


class Scored:
    """Reads ``[score]``. Whoever called it gives the instrument its vocabulary in the end.

    Args:
        root: The declaration, or that of a component.
        ident: Id of the instrument.
        people: What it may read.
        common: What every declared instrument may have.
        parts: The instruments it may name.
    """

    def __init__(
        self, root: Node, ident: str, people: People, common: Common, parts: Parts
    ) -> None:
        self.root, self.ident, self.people = root, ident, people
        self.common, self.parts = common, parts
        #: Numbers that the file has itself.
        self.tree: dict[str, Any] = {}

    def read(self, score: Node, common: dict[str, Any], outputs: Outputs) -> Predictor | None:
        """The instrument of a score, or None where that cannot be told.

        Args:
            score: The table.
            common: What every instrument has.
            outputs: The named results beside it.
        """
        score.only(*SCORE_KEYS)
        score.needs("link")
        link = score.choice("link", LINKS)
        for key, links in _BELONGS.items():
            if link and score.has(key) and link not in links:
                owners = f"{', '.join(links[:-1])} or {links[-1]}" if links[1:] else links[0]
                score.fault(f"belongs to the link {owners}", key)
        if score.has("link") and not link:
            self._unlinked(score, common["limits"])
            return None
        link = link or "points"
        named = self._table(score)
        horizons = self._horizons(score, link)
        forms = self._forms(score, link, horizons, named, common["limits"])
        reduction = self.common.reduction(score)
        if score.has("reduction") and not score.has("bands"):
            score.fault("needs bands: it lowers the band a level", "reduction")
        if reduction is not None and link == "logistic" and common["gate"] is None:
            common["gate"] = self.common.everyone()
        has_points = link.startswith("points")
        banded = score.choice("banded", (*horizons, "points")) or (horizons or ("points",))[-1]
        if banded == "points" and not has_points and score.has("banded"):
            score.fault(f"is points, and the link {link} has none", "banded")
        bands = Bandings(self.root, self.ident, self.common.source, score).read(
            "points" if banded == "points" else "percent",
            points=has_points,
            percent=bool(horizons),
            names=link == "category",
        )
        self._columns(horizons, outputs)
        features = dict.fromkeys(f for r in outputs.results for f in r.features)
        common |= {
            "horizons": horizons,
            "rule": ROUNDINGS.get(score.choice("rounding", ROUNDINGS), Percent.WHOLE),
            "banded": banded if banded in horizons else (horizons or ("2yr",))[-1],
            "bands": bands,
            "reduction": reduction,
            "required": tuple(dict.fromkeys((*common["required"], *features))),
            "results": tuple(outputs.results),
            "sums": outputs.sums,
            "factors": outputs.factors,
            "tells": bool(outputs.results),
        }
        if self.parts.reads and not has_points:
            self.root.fault("belongs to a link of points", "reads")
        kind: Any
        kind, own = self._kind(score, link, forms, common, named)
        table = named or self.common.cited(self.tree)
        if kind is None:
            return None
        made: Predictor = kind(**common, **own, table=table)
        return made

    def _kind(
        self,
        score: Node,
        link: str,
        forms: tuple[Form, ...],
        common: dict[str, Any],
        named: str | None,
    ) -> tuple[type[Predictor] | None, dict[str, Any]]:
        """The kind of instrument, and what it has beside what all have."""
        match link:
            case "sum":
                parts = self.parts.of_sum(score)
                added = self.parts.added(score, self.tree, parts)
                common.pop("limits")
                if self.root.has("limits"):
                    self.root.fault("belongs to the parts of a sum", "limits")
                return (
                    (Combined, {"parts": parts, "added_by": added, "exact": True})
                    if parts
                    else (None, {})
                )
            case "category":
                return self._category(score, named, common["horizons"], common["bands"])
            case "points" | "points_table":
                by = self._by(score)
                name = None if by is None else by.name
                own: dict[str, Any] = {"forms": forms, "reads": self.parts.reads, "by": name}
                return PointsTable, own | {"exact": named is None}
            case "points_logistic":
                zero = score.has("zero_points_probability")
                if named:
                    zero = score.truth("zero_points_probability")
                own = {"forms": forms, "reads": self.parts.reads, "zero_points": zero}
                return PointsScale, own | {"exact": named is None}
            case "logistic" if not (
                common["gate"] or common["required"] or common["reduction"] or common["results"]
            ):
                for key in ("gate", "zero_elsewhere", "required", "sums", "factors", "tells"):
                    del common[key]
                return Regression, {"forms": forms}
        return LinkedSum, {"forms": forms, "link": link}

    def _unlinked(self, score: Node, limits: Mapping[str, tuple[int, int]]) -> None:
        """Note faults of the terms of a score whose link is not known."""
        if score.has("term"):
            Cards(self.people, self.ident, limits, {}, percentages=True).one(score)

    # -- parts of it ---------------------------------------------------------------------------

    def _table(self, score: Node) -> str | None:
        named = score.text("table") or None
        if named is not None and named not in coefficient_tables:
            hint = nearest(named, coefficient_tables)
            score.fault(f"is no built-in coefficient table; {hint}", "table")
        return named

    def _horizons(self, score: Node, link: str) -> tuple[str, ...]:
        horizons = score.texts("horizons")
        for n, h in enumerate(horizons):
            if not h or not NAME.fullmatch(f"h{h}"):
                score.fault('must be a word, such as "2yr"', "horizons", n)
        if score.has("horizons") and not horizons:
            score.fault('names no horizon: write such as ["2yr"]', "horizons")
        for n, h in enumerate(horizons):
            if h in RESERVED or h.removesuffix("_p") in horizons[:n] + horizons[n + 1 :]:
                score.fault(f"{h} is the name of another column: name it otherwise", "horizons", n)
        if len(horizons) > _MOST_HORIZONS:
            score.fault(f"has more than {_MOST_HORIZONS} horizons", "horizons")
            return ()
        if len(set(horizons)) < len(horizons):
            score.fault("names one twice", "horizons")
        if link == "points" and horizons:
            score.fault("has points alone: no horizon", "horizons")
        return horizons

    def _forms(
        self,
        score: Node,
        link: str,
        horizons: tuple[str, ...],
        named: str | None,
        limits: Mapping[str, tuple[int, int]],
    ) -> tuple[Form, ...]:
        """The scorecard, or the brief and the extended one, and the numbers beside the terms."""
        always, numbers = _NEEDS[link]
        two = any(score.has(f) for f in FORMS) and link in _BELONGS["brief"]
        score.needs(*always, *(() if named or two else numbers))
        tree = None if named else self.tree
        reads = link.startswith("points")
        cards = Cards(self.people, self.ident, limits, tree, percentages=reads)
        if two:
            return cards.two(score, link, horizons, numbers)
        if named is None:
            by = self._by(score)
            read_constants(score, link, horizons, self.tree, by.categories if by else ())
        return cards.one(score) if link in _SCORECARDS else ()

    def _by(self, score: Node) -> Feature | None:
        """The feature whose categories have probabilities of their own."""
        if not score.has("by"):
            return None
        f = self.people.feature(score.text("by"), (*score.path, "by"))
        if f is not None and not f.categories:
            score.fault(f"{f.name} has no categories", "by")
        return f

    def _columns(self, horizons: tuple[str, ...], outputs: Outputs) -> None:
        """Refuse results with the names of columns of the score beside them."""
        for name in {"points", *horizons, *(f"{h}_p" for h in horizons)}:
            outputs.refuse(name, "is a column of the score beside it: give it another name")

    def _category(
        self,
        score: Node,
        named: str | None,
        horizons: tuple[str, ...],
        bands: BandScale | str | None,
    ) -> tuple[type[Predictor] | None, dict[str, Any]]:
        """A probability, and perhaps a band, for each category of a feature."""
        f = self.people.feature(score.text("of"), (*score.path, "of")) if score.has("of") else None
        if f is None:
            return None, {}
        if not f.categories:
            score.fault(f"{f.name} has no categories", "of")
            return None, {}
        band = score.table("band")
        scale = bands is not None and not isinstance(bands, BandTable | str)
        if band is not None and not scale:
            score.fault("needs bands: a list of the names, the lowest first", "band")
        if not named:
            if scale and band is None:
                score.fault("band is missing: the band of each category, by name")
            if band is not None:
                band.exactly(f.categories)
                self.tree["band"] = {c: band.text(c) for c in band.data}
            probability = score.table("probability")
            if probability is not None:
                for h in horizons:
                    inner = probability.table(h)
                    if inner is not None:
                        inner.exactly(f.categories)
        own: dict[str, Any] = {"section": score.text("section") or None, "category": f.name}
        return Hierarchy, own | {"exact": named is None}
