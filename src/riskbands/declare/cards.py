"""The scorecards of a declared score: one, or a brief and an extended one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands.declare.constants import read_constants
from riskbands.declare.terms import read_terms
from riskbands.scorecards.form import Form

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.declare.faults import Node
    from riskbands.declare.people import People
    from riskbands.scorecards.terms import Term

__all__ = ["FORMS", "FORM_KEYS", "Cards"]

FORMS: Final = ("brief", "extended")
#: What may stand in ``[score.brief]`` and ``[score.extended]``.
FORM_KEYS: Final = ("term", "section", "joint", "intercept", "baseline_survival", "centre")
#: Entries of a joint table at most; several terms share one up to `_SHARED`.
_MOST_TABLED: Final = 1_000_000
_SHARED: Final = 4096
_MOST_JOINT: Final = 2_000_000
_BESIDE_TABLE: Final = "names a part of a built-in table: it stands beside table"


class Cards:
    """Reads scorecards, and puts their numbers into the tree of a coefficient table.

    Args:
        people: What they may read.
        prefix: What the names of features begin with that they need themselves.
        limits: Domains that are narrower here, by feature.
        tree: Where the numbers go; None where a built-in coefficient table has them.
        percentages: Whether terms may read percentages of other instruments.
    """

    def __init__(
        self,
        people: People,
        prefix: str,
        limits: Mapping[str, tuple[int, int]],
        tree: dict[str, Any] | None,
        *,
        percentages: bool = False,
    ) -> None:
        self._people, self._prefix, self._limits = people, prefix, limits
        self._tree, self._percentages = tree, percentages

    def one(self, score: Node) -> tuple[Form, ...]:
        """The only scorecard, in ``[score]`` itself."""
        if self._tree is not None and score.has("section"):
            score.fault(_BESIDE_TABLE, "section")
        return (self._form(score, ""),) if score.needs("term") else ()

    def two(
        self, score: Node, link: str, horizons: tuple[str, ...], needed: tuple[str, ...]
    ) -> tuple[Form, ...]:
        """The brief and the extended scorecard.

        Args:
            score: Where they stand.
            link: The link.
            horizons: Its horizons.
            needed: Numbers that each must have beside its terms.
        """
        given = [name for name in FORMS if score.has(name)]
        if len(given) < len(FORMS):
            score.fault("stands alone: write [score.brief] and [score.extended]", given[0])
        for key in FORM_KEYS:
            if score.has(key):
                score.fault("belongs to [score.brief] and [score.extended]", key)
        forms = []
        for name in FORMS:
            node = score.table(name)
            if node is None:
                continue
            node.only(*FORM_KEYS)
            if self._tree is not None and node.has("section"):
                node.fault(_BESIDE_TABLE, "section")
            if not node.needs("term", *(needed if self._tree is not None else ())):
                continue
            forms.append(self._form(node, name))
            if self._tree is not None:
                read_constants(node, link, horizons, self._tree[name])
        return tuple(forms) if len(forms) == len(FORMS) else ()

    def _form(self, node: Node, name: str) -> Form:
        tree = self._tree
        if tree is not None and name:
            tree = tree.setdefault(name, {})
        prefix = f"{self._prefix}_{name or 'score'}"
        rows = node.rows("term", 300)
        terms = read_terms(
            self._people,
            rows,
            prefix,
            tree,
            percentages=self._percentages,
            limits=self._limits,
        )
        section = node.text("section") or name or None
        return Form(name=name, section=section, terms=terms, groups=self._groups(node, terms))

    def _groups(self, node: Node, terms: tuple[Any, ...]) -> tuple[tuple[str, ...], ...]:
        found = _joint_groups(self._people, terms, self._limits, node)
        given = node.data.get("joint")
        if given is None:
            return found
        whole = isinstance(given, list | tuple) and all(
            isinstance(g, list | tuple) and all(isinstance(n, str) for n in g) for g in given
        )
        if not whole:
            node.fault("must be a list of lists of names", "joint")
            return found
        groups = []
        for n, names in enumerate(given):
            group, size = [], 1
            for name in names:
                place = (*node.path, "joint", n)
                f = self._people.feature(name, place, percentages=self._percentages)
                if f is None:
                    return found
                low, high = self._limits.get(f.name, (f.low or 0, f.high or 0))
                size *= high - low + 1
                group.append(f.name)
            if size > _MOST_JOINT:
                text = f"has a table of {size:,} entries; at most {_MOST_JOINT:,}"
                node.fault(text, "joint", n)
                return found
            if not self._people.spend(size, (*node.path, "joint", n)):
                return found
            groups.append(tuple(group))
        for term in terms:
            if not any(set(term.features) <= set(g) for g in groups):
                node.fault(f"has no list with all features of {term.name}", "joint")
        return tuple(groups)


def _joint_groups(
    people: People, terms: tuple[Term, ...], limits: Mapping[str, tuple[int, int]], node: Node
) -> tuple[tuple[str, ...], ...]:
    """Features of each joint table: those of one term, or of several that are small together."""

    def size(names: tuple[str, ...]) -> int:
        product = 1
        for name in names:
            if name in limits:
                low, high = limits[name]
            else:
                f = people.reads.get(name) or people.features.get(name)
                if f is None:
                    thing = people.thing(name)
                    assert thing is not None
                    f = thing.feature
                assert f is not None
                low, high = f.low or 0, f.high or 0
            product *= high - low + 1
        return product

    groups: list[tuple[str, ...]] = []
    for term in terms:
        own = term.features
        if size(own) > _MOST_TABLED:
            node.fault(
                f"{term.name} reads {', '.join(own)} together, which have {size(own):,} "
                f"combinations; at most {_MOST_TABLED:,}: cap or group one of them"
            )
            continue
        if not people.spend(size(own), node.path):
            break
        for n, group in enumerate(groups):
            both = tuple(dict.fromkeys((*group, *own)))
            if set(own) <= set(group) or size(both) <= _SHARED:
                groups[n] = both
                break
        else:
            groups.append(own)
    return tuple(groups)
