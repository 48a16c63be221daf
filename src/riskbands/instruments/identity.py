"""What identifies a panel whose rules decide its results, and no number of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from riskbands._digest import digest, digest_of_bytes
from riskbands.vocabulary.expressions import Expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["rules_of"]

#: What only describes, and decides no result.
_DESCRIBES = frozenset({"about", "meaning", "message", "columns", "asked_by", "unit", "shown"})


def rules_of(panel: Any) -> str:
    """Digest of what decides the results: rules, all they read, and the predictors read.

    Words that only describe are not in it. A table of a rule is in it by its entries, so that
    another list of offence codes has another digest.
    """
    items = [*panel.features, *panel.checked_features]
    items += [i for c in (*panel.checks, *panel.advice) for i in c.inputs]
    return digest({
        "results": _plain(panel.results),
        "read": _declared(panel.vocabulary, items),
        "gate": panel.gate,
        "required": _plain(panel.required),
        "checks": _plain(panel.checks),
        "advice": _plain(panel.advice),
        "predictors": [
            [r.feature, r.horizon, r.predictor.id, [t.digest for t in r.predictor.tables]]
            if r.predictor.has_table
            else [r.feature, r.horizon, r.predictor.id, []]
            for r in panel.reads
        ],
    })  # fmt: skip


def _declared(vocabulary: Vocabulary, items: Iterable[str]) -> list[Any]:
    """Every field and feature that these come from, each once, in the order of their names."""
    found: dict[str, Any] = {}
    todo = list(items)
    while todo:
        item = todo.pop()
        if item in found or not vocabulary.has(item):
            continue
        if item[0] == ".":
            found[item] = _plain(vocabulary.field(item[1:]))
            continue
        feature = vocabulary.feature(item)
        found[item] = _plain(feature)
        for source in feature.sources:
            todo += [*source.inputs, *source.absent]
    return [found[item] for item in sorted(found)]


def _plain(node: Any) -> Any:
    """Declarations as lists, texts and numbers."""
    if attrs.has(type(node)):
        names = [a.name for a in attrs.fields(type(node)) if a.name not in _DESCRIBES]
        plain: list[Any] = [type(node).__name__, *(_plain(getattr(node, n)) for n in names)]
        if isinstance(node, Expression) and hasattr(node, "table"):
            entries = node.table.astype("<i8").tobytes()
            plain.append(digest_of_bytes(entries))
        return plain
    if isinstance(node, Mapping):
        return [[str(k), _plain(v)] for k, v in node.items()]
    if isinstance(node, list | tuple):
        return [_plain(v) for v in node]
    return node if node is None or isinstance(node, bool | int | str) else str(node)
