"""Numbers beside the terms of a scorecard, as the file has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands.declare.faults import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.declare.faults import Node

__all__ = ["CONSTANTS", "decimals", "read_constants"]

#: What each link may have beside its terms, where the numbers stand in the file.
CONSTANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "points": (),
    "points_logistic": ("intercept", "slope", "zero_points_probability"),
    "points_table": ("probability",),
    "logistic": ("intercept",),
    "survival": ("baseline_survival", "centre"),
    "category": ("probability",),
    "sum": (),
}
#: Those of which one number is enough.
_SINGLE: Final = ("slope", "zero_points_probability", "centre")
_BY_HORIZON: Final = ("intercept", "baseline_survival")


def read_constants(
    node: Node,
    link: str,
    horizons: tuple[str, ...],
    tree: dict[str, Any],
    by: tuple[str, ...] = (),
) -> None:
    """Put the numbers of a link into the tree of a coefficient table.

    Args:
        node: Where they stand: ``[score]``, or the table of one form.
        link: The link.
        horizons: Its horizons; a number that differs by horizon may stand alone where there is one.
        tree: Where they go.
        by: The categories that have probabilities of their own.
    """
    own = CONSTANTS[link]
    for key in dict.fromkeys(k for keys in CONSTANTS.values() for k in keys):
        if key not in own and node.has(key):
            node.fault(f"does not belong to the link {link}", key)
    for key in _SINGLE:
        if key in own and node.has(key):
            tree[key] = node.decimal(node.data[key], key)
    if link == "survival":
        tree.setdefault("centre", "0")
    for key in _BY_HORIZON:
        if key not in own or not node.has(key):
            continue
        given = node.data[key]
        if not hasattr(given, "items"):
            given = dict.fromkeys(horizons[:1], given)
        _by_horizon(node, key, given, horizons)
        for h in horizons:
            if h in given:
                tree[f"{key}_{h}"] = node.decimal(given[h], key, h)
    given = node.table("probability") if "probability" in own else None
    if given is not None:
        _by_horizon(node, "probability", given.data, horizons)
        for h in horizons:
            if given.has(h):
                tree[f"probability_{h}"] = decimals(given, h, deeper=bool(by))


def _by_horizon(node: Node, key: str, given: Mapping[str, Any], horizons: tuple[str, ...]) -> None:
    for h in given:
        if h not in horizons:
            node.fault(f"is no horizon; {nearest(h, horizons)}", key, h)
    lacking = [h for h in horizons if h not in given]
    if lacking:
        node.fault(f"says nothing of {', '.join(lacking)}", key)


def decimals(node: Node, key: str, *, deeper: bool = False) -> dict[str, Any]:
    """A table of numbers, or of such tables."""
    inner = node.table(key)
    if inner is None:
        return {}
    if deeper:
        return {k: decimals(inner, k) for k in inner.data}
    return {str(k): inner.decimal(v, k) for k, v in inner.data.items()}
