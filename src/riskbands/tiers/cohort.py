"""The tiers of a cohort."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs
import numpy as np

from riskbands._blocks import run_blocks
from riskbands.analysis.reading import Table
from riskbands.arithmetic.truth import both, some, where
from riskbands.bands.array import BandArray
from riskbands.cohorts.namedvalues import named_values
from riskbands.display import facts_html, facts_text
from riskbands.errors import FrameError, InputError, Issue, UnknownNameError
from riskbands.tiers.case import as_rule
from riskbands.tiers.reading import COLUMNS, FIELDS, NAMES, PERCENTS, Columns
from riskbands.tiers.rule import STEPS, TierRule
from riskbands.tiers.steps import decide
from riskbands.vocabulary.fields import FieldFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from riskbands.derivation.derive import Truth

__all__ = ["CohortTiers", "tier_cohort"]

_STATUSES: Final = ("tier", "not_supervised", "missing")


@attrs.frozen(eq=False, repr=False)
class CohortTiers(Mapping[str, Any]):
    """Columns of tiers, each of the length of the cohort and in the order of its rows.

    - ``tier``: `BandArray` of the rule's tiers; missing where there is none.
    - ``tier_status``: object array of ``tier``, ``not_supervised`` or ``missing``; None where a
      row has issues.
    - ``tier_provisional``: object array of True, False or None.
    - ``tier_step``: object array of the first step that gave the tier, or None.
    - ``tier_issues``: object array of text, ``code:fact`` joined by ``;``; empty without one.

    Attributes:
        rule: The rule.
    """

    _columns: dict[str, Any]
    rule: TierRule

    def __getitem__(self, name: str) -> Any:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader must know of the rule."""
        return (f"{self.rule.id}: {self.rule.status}.", *self.rule.notes)

    @property
    def provenance(self) -> dict[str, str]:
        """The rule, its digest and its status."""
        return self.rule.provenance

    def __repr__(self) -> str:
        return f"<CohortTiers of {len(self['tier'])} rows; {self.rule.id}, {self.rule.status}>"

    def __str__(self) -> str:
        return facts_text(repr(self), self._facts())

    def _repr_html_(self) -> str:
        return facts_html(repr(self), self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        """How many have each tier, and how many have none."""
        codes = self["tier"].codes
        counts = [(name, int((codes == i).sum())) for i, name in enumerate(self.rule.scale.labels)]
        counts.append(("no tier", int((codes < 0).sum())))
        facts = [(name, f"{n:,}") for name, n in counts]
        return facts + [("caution", text) for text in self.cautions]


def tier_cohort(
    data: Any,
    rule: TierRule | str | None = None,
    *,
    today: dt.date | str | None = None,
    rename: Mapping[Any, str] | None = None,
    threads: int | None = None,
) -> CohortTiers:
    """The tiers of a cohort by a rule.

    Args:
        data: A column for each fact of `TierFacts`: a mapping of columns, or with the
            ``[dataframe]`` extra a data frame of a library that `riskbands.score_cohort` takes.
            The columns that it writes, such as ``arp_2yr``, ``arp_type`` and ``dc_srp_band``, are
            taken as they are. A fact that nobody has still needs its column: no fact is taken for
            absent because a column is. Other columns are ignored.
        rule: The rule, or the id of a built-in one; by default ``tier-v3-2026-06-18``.
        today: The day of the calculation, where it is no column.
        rename: Fact by column name, for columns that have another name.
        threads: Threads to use; by default one a processor.

    Returns:
        The columns; see `CohortTiers`.

    Raises:
        FrameError: A fact has no column, or two.
        InputError: A column cannot be used at all.
        MissingExtraError: A data frame was given and the extra is not installed.
        UnknownNameError: There is no such rule, fact or column.
    """
    rule = as_rule(rule)
    columns = _columns(data, rename, today)
    reader = Columns(columns, _day(today))
    codes, status, provisional, step = (np.empty(reader.rows, np.int8) for _ in range(4))
    issues = np.empty(reader.rows, dtype=object)
    issues.fill("")  # several times faster than np.full

    def work(start: int, stop: int) -> None:
        block = reader.block(start, stop)
        found = decide(rule, block.facts)
        faults = block.faults
        impossible = both(block.scored, found.impossible)
        if some(impossible):
            faults["contradiction:dc_srp,dc_srp_band"] = impossible
        sound: Truth = True
        for text, bad in faults.items():
            # a case that is known to be inactive is not looked at any further
            rows = bad & block.open
            if rows.any():
                sound = both(sound, ~rows)
                _add(issues[start:stop], rows, text)
        tiered = both(both(block.active, block.scored), sound)
        here = slice(start, stop)
        codes[here] = _only(tiered, found.tier, 0) - np.int8(1)
        step[here] = _only(tiered, found.step, len(STEPS))
        provisional[here] = _only(sound, (found.provisional & tiered).view(np.int8), 2)
        untiered = block.active.view(np.int8) + np.int8(1)
        status[here] = _only(sound, untiered * (~tiered).view(np.int8), len(_STATUSES))

    run_blocks(reader.rows, work, threads)
    return CohortTiers(
        {
            "tier": BandArray(codes, rule.scale),
            "tier_status": named_values(status, (*_STATUSES, None)),
            "tier_provisional": named_values(provisional, (False, True, None)),
            "tier_step": named_values(step, (*STEPS, None)),
            "tier_issues": issues,
        },
        rule,
    )


def _only(rows: Truth, values: NDArray[np.int8], other: int) -> NDArray[np.int8]:
    """The values in these rows, and elsewhere another."""
    return values if rows is True else where(rows, values, other)


def _add(issues: NDArray[np.object_], rows: NDArray[np.bool_], text: str) -> None:
    for row in np.flatnonzero(rows).tolist():
        issues[row] = f"{issues[row]};{text}" if issues[row] else text


def _day(today: Any) -> dt.date | None:
    if today is None:
        return None
    try:
        day = FIELDS["today"].parse(today)
    except FieldFault as fault:
        raise InputError(Issue(fault.code, ("today",), str(fault))) from None
    if not isinstance(day, dt.date):
        raise InputError(FIELDS["today"].issue("missing"))
    return day


def _columns(data: Any, rename: Mapping[Any, str] | None, today: object) -> dict[str, Any]:
    """The column of each fact.

    Raises:
        FrameError: A fact has no column or several.
        UnknownNameError: ``rename`` names a fact or a column that is not there.
    """
    table = Table(data)
    renamed = {} if rename is None else dict(rename)
    for label, name in renamed.items():
        if name not in NAMES:
            raise UnknownNameError("fact of a tier", str(name), NAMES)
        if not table.has(label):
            raise UnknownNameError("column", str(label), table.names)
    found: dict[str, Any] = {}
    lacking, double = [], []
    for name in NAMES:
        if name == "today" and today is not None:
            continue
        labels = [label for label, fact in renamed.items() if fact == name]
        labels += [
            label
            for label in (name, COLUMNS.get(name))
            if label is not None and label not in renamed and table.has(label)
        ]
        if len(labels) > 1:
            double.append(name)
        elif not labels:
            lacking.append(name)
        else:
            label = labels[0]
            found[name] = (
                table.column(label) if name in PERCENTS else table.reader(FIELDS[name], label)
            )
    if lacking:
        raise FrameError(
            f"a tier needs a column for {', '.join(lacking)}: a fact that nobody has is a column "
            "of no or of missing values"
        )
    if double:
        raise FrameError(f"there are two columns for {', '.join(double)}: leave one of them out")
    return found
