"""Where isotonic rates would lie if the score were right: the consistency band.

Dimitriadis, Gneiting and Jordan (2021), PNAS 118: e2016191118. Outcomes are drawn from the score
again and again, and made isotonic each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskbands.analysis.isotonic import isotonic_rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["consistency_band", "pooled"]

_DRAWS: Final = 400
_SEED: Final = 2021


def consistency_band(
    p: NDArray[np.float64], n: NDArray[Any], confidence: float, draws: int = _DRAWS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The range of the isotonic rate at each score, if outcomes follow the score.

    Args:
        p: Probabilities, rising.
        n: People at each; 1 or more.
        confidence: The share of the draws that lies inside, score by score.
        draws: How many; the same seed each time, so the same band.

    Returns:
        Lower and upper ends, each of the shape of ``p``.
    """
    random = np.random.default_rng(_SEED)
    found = np.stack([isotonic_rates(n, random.binomial(n, p)) for _ in range(draws)])
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(found, [tail, 1.0 - tail], axis=0)
    return low, high


def pooled(
    p: NDArray[np.float64], n: NDArray[Any], events: NDArray[Any], cells: int
) -> tuple[NDArray[np.float64], NDArray[Any], NDArray[Any]]:
    """Scores in cells of one width, with the mean of each; as they are where they are few.

    Args:
        p: Probabilities, rising.
        n: People at each.
        events: Those with the outcome.
        cells: How many cells between 0 and 1; so many different scores are few.
    """
    if len(p) <= cells:
        return p, n, events
    place = np.minimum((p * cells).astype(np.int64), cells - 1)
    starts = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    total = np.add.reduceat(n, starts)
    return np.add.reduceat(n * p, starts) / total, total, np.add.reduceat(events, starts)
