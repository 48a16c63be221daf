"""Band tables as documents print them: read, questioned, and resolved into a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from riskbands.bands.decisions import Choice, settle
from riskbands.bands.printedrows import PrintedGap, PrintedOverlap, PrintedRow, PrintedRows
from riskbands.bands.table import BandTable

if TYPE_CHECKING:
    from typing import Unpack

    from riskbands.bands.decisions import Choices
    from riskbands.bands.intervals import Rounding
    from riskbands.bands.table import Document

__all__ = ["Choice", "PrintedBands", "PrintedGap", "PrintedOverlap", "PrintedRow"]


@attrs.frozen
class PrintedBands(PrintedRows):
    """The rows of a printed table, lowest band first; `resolve` makes a `BandTable` of them.

    Attributes:
        rows: As printed; rows of a table printed from the highest band down are turned round.

    Examples:
        >>> printed = PrintedBands.parse([("Low", "0-3"), ("Medium", "3 - 6.8"), ("High", "6.9+")])
        >>> [str(found) for found in printed.ambiguities()]  # doctest: +NORMALIZE_WHITESPACE
        ['3 belongs to Low and Medium',
         'nothing is printed for (6.8, 6.9), between Medium and High
          (no score lies there once rounded half up to 1 decimal)']
        >>> printed.resolve(overlap="upper", gap="lower", id="demo")
        <BandTable demo: Low [0, 3), Medium [3, 6.9), High [6.9, inf); not rounded>
    """

    def resolve(
        self,
        *,
        overlap: Choices | None = None,
        gap: Choices | None = None,
        rounding: Rounding | None = None,
        rounding_reason: str = "",
        lowest: str | Choice | None = None,
        highest: str | Choice | None = None,
        id: str = "printed",  # noqa: A002 - the name of the attribute
        **rest: Unpack[Document],
    ) -> BandTable:
        """Make a table, every ambiguity decided.

        Args:
            overlap: Who gets a score that two rows claim: ``lower``, ``upper`` or a label; or a
                mapping from the labels concerned to that.
            gap: What becomes of scores no row names: see `Choice`; or such a mapping.
            rounding: How the instrument rounds a score before it is banded. A gap or overlap
                that holds no rounded score is settled by it.
            rounding_reason: Why it does, where the document does not say so: a decision too.
            lowest: The lowest score, where the table is to start below its first row or the row
                has no lower end (``-inf`` for none).
            highest: The highest score, likewise (``inf`` for none).
            id: Identifier of the table.
            **rest: Other attributes of `BandTable`.

        Returns:
            The table; its ``origin`` has the printed rows and each decision with its reason.

        Raises:
            TableError: Something is undecided (the message says what to decide), or a decision
                leaves a band without scores or in two pieces.
        """
        settled = settle(
            self,
            overlap=overlap,
            gap=gap,
            rounding=rounding,
            rounding_reason=rounding_reason,
            lowest=lowest,
            highest=highest,
        )
        return BandTable(id=id, **settled, **rest)
