"""Actuarial risk predictors of England and Wales, and the bands they are read in."""

from riskbands._version import __version__

__all__ = ["__version__"]
