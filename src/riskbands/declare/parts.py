"""The instruments that a file names: built in, in the same file, or in files beside it."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, Final

from riskbands.declare.faults import nearest
from riskbands.declare.kinds import is_yes_no
from riskbands.declare.used import vocabulary_of
from riskbands.errors import RiskBandsError, TableError
from riskbands.instruments.layout import Addition
from riskbands.predictors import by_id
from riskbands.vocabulary.feature import Feature
from riskbands.vocabulary.vocabulary import Vocabulary, built_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskbands.declare.beside import Beside
    from riskbands.declare.faults import Node, Path
    from riskbands.declare.people import People
    from riskbands.instruments.predictor import Predictor

__all__ = ["ADD_KEYS", "READS_KEYS", "Parts"]

ADD_KEYS: Final = ("name", "about", "of", "when", "probability", "part", "section", "key")
READS_KEYS: Final = ("predictor", "horizon")
_MOST: Final = 20
#: Characters of what is told of the faults of another file.
_LONGEST: Final = 2000
#: Where the numbers of a sum stand in its table.
_ADDED: Final = "added"


class Parts:
    """Finds the instruments that a file names.

    Args:
        root: The declaration.
        people: Fields and features of the file.
        ident: Id of the instrument.
        components: Makes each of those declared in the file itself, by name.
        beside: The files it may name.
    """

    def __init__(
        self,
        root: Node,
        people: People,
        ident: str,
        components: Mapping[str, Callable[[], Predictor | None]],
        beside: Beside,
    ) -> None:
        self._root, self._people, self._ident = root, people, ident
        self._components, self._beside = components, beside
        self._found: dict[str, Predictor | None] = {}
        #: Percentages of other instruments that are read as features.
        self.reads: dict[str, tuple[Predictor, str]] = {}

    @property
    def components(self) -> tuple[Predictor, ...]:
        """The instruments of this file that were asked for."""
        return tuple(p for n in self._components if (p := self._found.get(n)) is not None)

    @property
    def unused(self) -> tuple[str, ...]:
        """Names of those that were not asked for."""
        return tuple(n for n in self._components if n not in self._found)

    @property
    def named(self) -> tuple[Predictor, ...]:
        """Every instrument found that is not of this file."""
        names = (n for n in self._found if n not in self._components)
        return tuple(p for n in names if (p := self._found[n]) is not None)

    def _find(self, name: str, path: Path) -> Predictor | None:
        """The instrument of a name; a fault where there is none."""
        if name not in self._found:
            self._found[name] = self._made(name, path)
        return self._found[name]

    def _made(self, name: str, path: Path) -> Predictor | None:
        if name in self._components:
            return self._components[name]()
        if name in by_id:
            if not by_id[name].has_table:
                self._people.faults.add(path, f"{name} has no public numbers")
                return None
            return by_id[name]
        if name.endswith(".toml"):
            try:
                return self._beside.load(name)
            except TableError as error:
                text = str(error)
                text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
                self._people.faults.add(path, text.replace("\n", "\n  "))
                return None
        known = [*self._components, *by_id]
        hint = nearest(name, known)
        self._people.faults.add(
            path, f"is no instrument: name one of [component], a built-in one or a file; {hint}"
        )
        return None

    # -- percentages that are read -------------------------------------------------------------

    def declare_reads(self) -> None:
        """Make a feature of each percentage under ``[reads]``."""
        for name, node in self._root.tables("reads"):
            node.only(*READS_KEYS)
            if not self._people.named(name, node.path):
                continue
            if name in self._people.fields or name in self._people.makers:
                node.fault(f"{name} is declared already: give it another name")
                continue
            if not node.needs(*READS_KEYS):
                continue
            p = self._find(node.text("predictor"), (*node.path, "predictor"))
            if p is None:
                continue
            h = node.choice("horizon", p.horizons)
            if not h:
                continue
            feature = Feature(
                name,
                (),
                low=0 if p.may_not_apply else p.rule.lowest,
                high=p.rule.highest,
                meaning=f"{p.name}, percentage {h}" + (", in hundredths" if p.rule.digits else ""),
            )
            known = built_in().features.get(name)
            if known is not None and (
                known.sources or (known.low, known.high) != (feature.low, feature.high)
            ):
                node.fault(f"{name} is built in: give it another name")
                continue
            self._people.reads[name] = known or feature
            self.reads[name] = (p, h)

    # -- sums ------------------------------------------------------------------------------------

    def of_sum(self, score: Node) -> tuple[Predictor, ...]:
        """The parts of a sum, or none where one of them has a fault."""
        names = score.texts("of")
        if score.has("of") and not names:
            score.fault("names no instrument", "of")
        if len(names) > _MOST:
            score.fault(f"has more than {_MOST} parts", "of")
            return ()
        found: dict[str, Predictor] = {}
        horizons, before = score.texts("horizons"), len(score.faults)
        for n, name in enumerate(names):
            p = self._find(name, (*score.path, "of", n))
            if p is None:
                continue
            if not p.horizons:
                score.fault(f"{p.id} has no percentage that could be added", "of", n)
                continue
            lacking = [h for h in horizons if h not in p.horizons]
            if lacking:
                known = ", ".join(p.horizons)
                text = f"{p.id} has no percentage of {', '.join(lacking)}; it has {known}"
                score.fault(text, "of", n)
            if p.id in found or p.id == self._ident:
                score.fault(f"{p.id} is the id of another instrument of this sum", "of", n)
            found[p.id] = p
        return tuple(found.values()) if len(score.faults) == before else ()

    def added(
        self, score: Node, tree: dict[str, Any], parts: tuple[Predictor, ...]
    ) -> tuple[Addition, ...]:
        """What features add to a sum.

        Args:
            score: Where they stand.
            tree: Where the numbers of the file go.
            parts: The parts, in whose tables a number may stand.
        """
        found = []
        for n, row in enumerate(score.rows("add", 50)):
            row.only(*ADD_KEYS)
            feature = self._when(row, n)
            name = row.text("name") or row.text("when") or (feature or "").replace("_", " ")
            in_table = row.has("part")
            if feature is None or not row.needs(*(("key",) if in_table else ("probability",))):
                continue
            part: int | None = None
            section: str | None = _ADDED
            key = row.text("key") or re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
            if in_table:
                ids = [p.id for p in parts]
                chosen = row.choice("part", ids)
                part = ids.index(chosen) if chosen in ids else None
                section = row.text("section") or None
                if row.has("probability"):
                    row.fault("stands in the table of the part already", "probability")
            else:
                if row.has("section"):
                    row.fault("belongs to part: it names a part of its table", "section")
                numbers = tree.setdefault(_ADDED, {})
                if key in numbers:
                    row.fault("has the name of another addition: give it another", "name")
                numbers[key] = row.decimal(row.data["probability"], "probability")
            about = row.text("about") or f"probability from 0 to 1 that is added: {name}"
            found.append(
                Addition(
                    feature=feature, name=name, about=about, part=part, section=section, key=key
                )
            )
        return tuple(found)

    def _when(self, row: Node, place: int) -> str | None:
        """The yes/no feature that adds."""
        if row.has("of") == row.has("when"):
            row.fault("needs of (a yes/no) or when (a condition), one of the two")
            return None
        if row.has("when"):
            parsed = self._people.parsed(row.text("when"), (*row.path, "when"))
            name = f"{self._ident}_adds_{place + 1}"
            text = row.text("when")
            return None if parsed is None else self._people.yes_no(name, parsed, text, text)
        f = self._people.feature(row.text("of"), (*row.path, "of"))
        if f is not None and not is_yes_no(f):
            row.fault(f"{f.name} is no yes/no: write a condition in when", "of")
            return None
        return f.name if f is not None else None

    # -- the vocabulary --------------------------------------------------------------------------

    def vocabulary(self) -> Vocabulary | None:
        """What the instrument and all it names may read, or None where they differ."""
        own = vocabulary_of(self._people)
        try:
            return functools.reduce(Vocabulary.union, [*(p.vocabulary for p in self.named), own])
        except RiskBandsError as error:
            self._root.fault(str(error))
            return None
