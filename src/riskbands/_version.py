"""The version, and the name of the distribution on a package index, in one place.

The distribution is called otherwise than the package, because another package of the name
``riskbands`` is published.
"""

__version__ = "0.1.0"
DISTRIBUTION = "riskbands-justice"
