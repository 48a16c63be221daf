"""Isotonic regression, and the decomposition of the Brier score that it gives (CORP).

Dimitriadis, Gneiting and Jordan (2021), PNAS 118: e2016191118. The rate of the outcome is made to
rise with the score by pooling neighbours that do not; no smoother and no choice of bins is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Decomposition", "decompose", "isotonic_rates"]

#: Passes over the whole row before the neighbours are pooled one by one.
_PASSES = 60


def isotonic_rates(n: NDArray[Any], events: NDArray[Any]) -> NDArray[np.float64]:
    """Rates of the outcome that never fall as the score rises, nearest to the observed ones.

    Args:
        n: People by rising score; each 1 or more.
        events: Those with the outcome.

    Returns:
        float64, one rate for each score.
    """
    size, hits = np.asarray(n, dtype=np.float64), np.asarray(events, dtype=np.float64)
    length = np.ones(len(size), dtype=np.int64)
    for _ in range(_PASSES):
        rates = hits / size
        rising = np.flatnonzero(rates[1:] > rates[:-1]) + 1
        if len(rising) == len(rates) - 1:
            return np.repeat(rates, length)
        starts = np.concatenate([[0], rising])
        size, hits, length = (np.add.reduceat(x, starts) for x in (size, hits, length))
    return _one_by_one(size, hits, length)


def _one_by_one(
    size: NDArray[np.float64], hits: NDArray[np.float64], length: NDArray[np.int64]
) -> NDArray[np.float64]:
    pooled: list[tuple[float, float, int]] = []
    for n, e, k in zip(size.tolist(), hits.tolist(), length.tolist(), strict=True):
        while pooled and pooled[-1][1] * n >= e * pooled[-1][0]:
            before = pooled.pop()
            n, e, k = n + before[0], e + before[1], k + before[2]
        pooled.append((n, e, k))
    rates = np.array([e / n for n, e, _ in pooled])
    return np.repeat(rates, [k for _, _, k in pooled])


@attrs.frozen
class Decomposition:
    """The Brier score in three parts: ``miscalibration - discrimination + uncertainty``.

    Attributes:
        miscalibration: What the score would gain by isotonic recalibration.
        discrimination: What the recalibrated score gains over the base rate.
        uncertainty: The Brier score of the base rate.
    """

    miscalibration: float
    discrimination: float
    uncertainty: float


def decompose(p: NDArray[np.float64], n: NDArray[Any], events: NDArray[Any]) -> Decomposition:
    """The decomposition of the Brier score.

    Args:
        p: Probabilities, rising.
        n: People at each; 1 or more.
        events: Those with the outcome.
    """
    total = int(n.sum())
    base = int(events.sum()) / total
    uncertainty = base * (1.0 - base)
    recalibrated = _brier(isotonic_rates(n, events), n, events) / total
    return Decomposition(
        _brier(p, n, events) / total - recalibrated, uncertainty - recalibrated, uncertainty
    )


def _brier(p: NDArray[np.float64], n: NDArray[Any], events: NDArray[Any]) -> float:
    return float(events @ (1.0 - p) ** 2 + (n - events) @ p**2)
