"""Which intervals are made, and how sure they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from riskbands.analysis.estimates import Estimate, proportion
from riskbands.errors import InputError, Issue, UnknownNameError

__all__ = ["Methods"]

#: The intervals that can be asked for.
_CHOICES: Final = {
    "calibration": ("profile", "wald"),
    "observed_expected": ("wilson", "byar", "poisson"),
    "proportions": ("wilson", "clopper-pearson"),
}


@attrs.frozen
class Methods:
    """Which intervals are made.

    Attributes:
        confidence: Between 0 and 1.
        calibration: ``profile`` (likelihood) or ``wald``.
        observed_expected: ``wilson``, ``byar`` or ``poisson`` (exact).
        proportions: ``wilson`` or ``clopper-pearson``.
    """

    confidence: float = 0.95
    calibration: str = "profile"
    observed_expected: str = "wilson"
    proportions: str = "wilson"

    @classmethod
    def of(cls, confidence: float, intervals: Mapping[str, str] | None) -> Methods:
        """The methods, where ``intervals`` names other ones by figure.

        Raises:
            InputError: ``intervals`` is no mapping.
            UnknownNameError: There is no such figure or method.
        """
        given: object = intervals
        if given is not None and not isinstance(given, Mapping):
            what = "give intervals= as methods by figure, such as {'calibration': 'wald'}"
            raise InputError(Issue("malformed", ("intervals",), what))
        for figure, method in (intervals or {}).items():
            if figure not in _CHOICES:
                raise UnknownNameError("choice of intervals", figure, _CHOICES)
            if method not in _CHOICES[figure]:
                raise UnknownNameError(f"interval for {figure}", method, _CHOICES[figure])
        return cls(confidence, **(intervals or {}))

    def share(self, count: int, n: int, nobody: str) -> Estimate:
        """A proportion; ``nobody`` says who there are none of."""
        return proportion(count, n, self.confidence, self.proportions, nobody)
