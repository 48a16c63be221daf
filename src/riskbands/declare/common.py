"""What every declared instrument may have: applicability, checks, cautions, limits, citation."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Final

from riskbands._frozen import FrozenDict
from riskbands.declare.kinds import is_yes_no, refuse_category
from riskbands.declare.people import NAME, WORD, People
from riskbands.declare.ranges import parse_range
from riskbands.derivation.checks import Check, StrictCheck
from riskbands.errors import RiskBandsError
from riskbands.instruments.caution import Caution, Concern
from riskbands.instruments.reduction import Reduction
from riskbands.scorecards.coefficients import CoefficientTable
from riskbands.vocabulary.expressions import Argument, Constant, Flag, Wide
from riskbands.vocabulary.feature import Feature, Source
from riskbands.vocabulary.vocabulary import built_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.declare.faults import Node

__all__ = ["Common"]

_NONE: Final = CoefficientTable("none", (), "", "", FrozenDict())
_CITED: Final = ("source", "status", "licence", "retrieved", "precision")


class Common:
    """Reads what stands beside the scorecard.

    Args:
        root: The declaration, or that of a component.
        people: What its rules may read.
        ident: Id of the instrument.
        whole: The declaration that a component stands in, whose source it has by default.
    """

    def __init__(self, root: Node, people: People, ident: str, whole: Node | None = None) -> None:
        self.root, self.people, self.ident = root, people, ident
        self._whole = root if whole is None else whole

    def reduction(self, score: Node) -> Reduction | None:
        """The rule that lowers the band a level."""
        found = []
        for n, text in enumerate(score.texts("reduction")):
            path = (*score.path, "reduction", n)
            parsed = self.people.parsed(text, path)
            if parsed is None:
                continue
            if len(parsed.inputs) == 1 and parsed.inputs[0][0] != ".":
                found.append((parsed.inputs[0], parsed.rule))
            else:
                name = f"{self.ident}_reduces_{n + 1}"
                self.people.yes_no(name, parsed, text, text)
                found.append((name, Argument(0).equals(1)))
        return Reduction(tuple(found)) if found else None

    def everyone(self) -> str:
        """The feature of an instrument that applies to everyone."""
        name = f"{self.ident}_everyone"
        return self.people.add(Feature(name, (Source((), Constant(1)),), 0, 1))

    def gate(self) -> str | None:
        """The feature that says to whom it applies: a built-in one by name, or a condition."""
        if not self.root.has("applies"):
            return None
        text = self.root.text("applies")
        if text in built_in().features or text in self.people.makers:
            f = self.people.feature(text, (*self.root.path, "applies"))
            if f is not None and is_yes_no(f):
                return f.name
        whole = self.people.parsed(text, (*self.root.path, "applies"))
        if whole is None:
            return None
        # One part of several that is known to fail settles it, whatever else is missing.
        sources = []
        for part in _conjuncts(text):
            one = self.people.parsed(part, (*self.root.path, "applies"))
            if one is not None:
                holds = Flag(one.rule)
                sources.append(Source(one.inputs, holds * 0, when=holds.equals(0)))
        sources = sources if len(sources) > 1 else []
        rule = Wide(Flag(whole.rule))
        f = Feature(
            f"{self.ident}_applies",
            (*sources, Source(whole.inputs, rule)),
            0,
            1,
            blame=len(sources),
            categories=("no", "yes"),
            meaning=f"whether {self.root.text('name') or self.ident} applies: {text}",
            shown=" ".join(text.split()),
        )
        return self.people.add(f)

    def zero_elsewhere(self) -> bool:
        """Whether those it does not apply to have a percentage of 0, and not none."""
        said = self.root.choice("not_applicable", ("none", "zero"))
        if self.root.has("not_applicable") and not self.root.has("applies"):
            self.root.fault("needs applies: it says what others get", "not_applicable")
        return said == "zero"

    def checks(self, key: str, condition: str) -> tuple[Check, ...]:
        """Checks or advice, each a condition with a code and a message."""
        found = []
        for row in self.root.rows(key, 100):
            row.only("code", condition, "message", "fields")
            if not row.needs("code", condition, "message"):
                continue
            code = row.text("code")
            if not NAME.fullmatch(code):
                row.fault(WORD, "code")
            fields = row.texts("fields")
            for n, name in enumerate(fields):
                if name not in self.people.fields and name not in built_in().fields:
                    row.fault(f"is no field; {self.people.hint(name)}", "fields", n)
            parsed = self.people.parsed(row.text(condition), (*row.path, condition))
            if parsed is not None:
                said = row.text("message")
                answers = self.people.answers(parsed.inputs)
                found.append(
                    StrictCheck(code, parsed.inputs, parsed.rule, said, fields, answered=answers)
                )
        return tuple(found)

    def cautions(self) -> tuple[Caution, ...]:
        """What its scores do not say."""
        found = []
        for n, row in enumerate(self.root.rows("caution", 100)):
            row.only("id", "text", "source", "who", "when")
            if not row.needs("text"):
                continue
            concern = None
            if row.has("when"):
                parsed = self.people.parsed(row.text("when"), (*row.path, "when"))
                if parsed is not None:
                    who = row.text("who") or row.text("when")
                    concern = Concern(f"{self.ident}: {who}", parsed.inputs, parsed.rule)
            ident = row.text("id") or f"{self.ident}-{n + 1}"
            source = row.text("source") or self.source
            found.append(Caution(ident, row.text("text"), concern, source))
        return tuple(found)

    def limits(self) -> Mapping[str, tuple[int, int]]:
        """Domains that are narrower here, by feature."""
        node = self.root.table("limits")
        found: dict[str, Any] = {}
        for name in node.data if node is not None else ():
            assert node is not None
            f = self.people.feature(name, (*node.path, name))
            if f is not None:
                refuse_category(node, f, "a range", name, derived=True)
            ends = node.data[name]
            decimals = 0 if f is None else f.decimals
            both = [_end(e, decimals) for e in ends] if isinstance(ends, list | tuple) else []
            if len(both) != 2 or None in both:
                what = "numbers in quotation marks" if decimals else "whole numbers"
                node.fault(f"must be two {what}, [least, greatest]", name)
            elif f is not None:
                found[f.name] = (both[0], both[1])
        return FrozenDict(found)

    def required(self) -> tuple[str, ...]:
        """Features that must be there though no term reads them."""
        names = self.root.texts("required")
        path = (*self.root.path, "required")
        found = [self.people.feature(n, (*path, i)) for i, n in enumerate(names)]
        return tuple(f.name for f in found if f is not None)

    @property
    def source(self) -> str:
        """The source of the instrument."""
        return self.root.text("source") or self._whole.text("source")

    def cited(self, tree: Mapping[str, Any]) -> CoefficientTable:
        """The citation, with numbers of the file."""
        root = self.root
        if not (root.text("title") and self.source):  # which is a fault already
            return _NONE
        cited = {key: root.text(key) for key in _CITED if root.has(key)} | {"source": self.source}
        lists = {key: list(root.texts(key)) for key in ("notes", "departures")}
        try:
            return CoefficientTable.from_dict(
                {
                    "id": f"{self.ident}-file",
                    "predictor": [self.ident],
                    "title": root.text("title"),
                    "coefficients": tree,
                    **cited,
                    **lists,
                }
            )
        except RiskBandsError as error:
            root.fault(str(error))
            return _NONE


def _end(value: Any, decimals: int) -> int | None:
    """An end of a range in units of the last decimal; None where it is none."""
    if isinstance(value, str) and decimals:
        ends = parse_range(value, decimals)
        value = ends[0] if ends is not None and ends[0] == ends[1] else None
    elif isinstance(value, int) and not isinstance(value, bool):
        value *= 10**decimals
    else:
        return None
    return value if value is not None and abs(value) <= 10**6 else None


def _conjuncts(text: str) -> list[str]:
    """The parts that "and" joins at the top of a condition that can be read."""
    tree = ast.parse(text.strip(), mode="eval").body
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        return [ast.unparse(v) for v in tree.values]
    return [text]
