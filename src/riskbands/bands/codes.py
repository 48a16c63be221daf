"""Codes of bands in arrays: ranks count from 0, and these codes stand for what is not a band."""

from __future__ import annotations

from typing import Final

__all__ = ["MISSING_CODE", "NOT_APPLICABLE_CODE", "REFUSED_CODE"]

#: No score, or one that gets no band.
MISSING_CODE: Final = -1
#: The instrument does not apply to this person.
NOT_APPLICABLE_CODE: Final = -2
#: A score that the table refuses; it never leaves the table.
REFUSED_CODE: Final = -3
