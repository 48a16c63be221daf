"""Checked by the type checkers, not run: what `classify` and its options may be and give.

Each ``type: ignore`` is an error that must be one: mypy reports those that are not needed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import assert_type

import numpy as np

import riskbands as rb

table = rb.band_table("rsr-2025")

assert_type(table.classify(6.9), rb.Band | None)
assert_type(table.classify(Decimal("6.9")), rb.Band | None)
assert_type(table.classify(None), rb.Band | None)
assert_type(table.classify([6.9, None]), rb.BandArray)
assert_type(table.classify(np.array([6.9])), rb.BandArray)

table.classify("6.9")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
table.classify(6.9, refused="mising")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
table.to_sql("x", "sqlite")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
table.replace(below="rise")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
table.replace(appliesto=["rsr"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
rb.BandTable.from_edges("t", ["a"], ["0", "1"], unit="percents")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

bands = table.classify([1.0])
bands.to_pandas(inapplicable="levels")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
rb.compare("rsr-2025", table)
rb.rsr.with_bands("rsr-2025", any_score=True)
rb.BandScale("s", ["Low", "High"]).at_least_to_sql("x", "High", "spark")
