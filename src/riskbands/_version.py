"""The version, and the name of the distribution on a package index, in one place.

The distribution has another name than the package, because somebody else has published a
distribution called ``riskbands``.
"""

__version__ = "0.1.0"
DISTRIBUTION = "riskbands-justice"
