"""Whether an array is a masked one of NumPy, without loading ``numpy.ma`` to find out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeGuard

    import numpy as np

__all__ = ["is_masked"]


def is_masked(values: Any) -> TypeGuard[np.ma.MaskedArray[Any, Any]]:
    """Whether values are a masked array; nobody has one who has not loaded ``numpy.ma``."""
    kind = getattr(sys.modules.get("numpy.ma"), "MaskedArray", None)
    return kind is not None and isinstance(values, kind)
