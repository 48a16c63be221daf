"""Tier rules: tables from scores, bands and registers to a tier, each from a cited file.

A rule is data, like every table here, and can be replaced by a caller's own. What the steps of a
rule are is fixed: eight steps, of which the highest counts, and when a tier is provisional. Which
tier each step gives is in the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path  # noqa: TC003 - read by documentation tools
from typing import Any, Final

import attrs

from riskbands import _data, _toml
from riskbands._digest import digest
from riskbands._frozen import FrozenDict
from riskbands.bands.builtin import band_table, band_tables
from riskbands.bands.scale import BandScale
from riskbands.display import facts_html, facts_text
from riskbands.errors import TableError, UnknownNameError

__all__ = ["LEVELS", "REGISTERS", "STEPS", "TierRule", "tier_rule", "tier_rules"]

#: The steps of a rule, in order. The highest result counts.
STEPS: Final = (
    "reoffending",
    "sexual_reoffending",
    "mappa_rosh",
    "lifer_ipp",
    "domestic_abuse",
    "stalking",
    "child_protection",
    "sexual_offences",
)
#: The steps that are a register alone.
REGISTERS: Final = STEPS[4:]
#: Levels of risk of serious harm, and bands of DC-SRP, lowest first.
LEVELS: Final = ("low", "medium", "high", "very_high")

_TEXTS: Final = ("id", "title", "source", "status")
_MORE: Final = ("dates", "licence", "notes")
_PARTS: Final = (
    "tiers",
    "reoffending",
    "sexual_reoffending",
    "mappa_rosh",
    "lifer_ipp",
    "registers",
)
_MODIFIED: Final = " (modified)"


@attrs.frozen(repr=False, eq=False)
class TierRule:
    """A rule that gives a case its tier.

    Attributes:
        id: Stable name; ends in ``(modified)`` where a built-in rule of that id has other content.
        title: What it is.
        source: Citation.
        status: How sure the source is, and whether the rule is in use.
        dates: When it stood in the source.
        licence: Licence of the source.
        notes: Remarks, to be shown with every result.
        scale: The tiers, lowest first.
        arp: Id of the band table whose bands are the columns of the grid.
        csrp: Likewise, the rows.
        grid: Tier by band of CSRP and by band of ARP.
        sexual: Tier by band of DC-SRP, ``medium`` left out.
        medium: Tier of a Medium from each percentage on, as text of the source; rising.
        with_mappa: Tier by level of risk of serious harm, ``missing`` too, of a person who has a
            MAPPA category; a level that is not there gives nothing.
        without_mappa: Likewise without one.
        release: Tier of a life or IPP sentence by years since release, rising.
        released_earlier: Tier after the last of these years.
        registers: Tier by register.
    """

    id: str
    title: str
    source: str
    status: str
    dates: str
    licence: str
    notes: tuple[str, ...]
    scale: BandScale
    arp: str
    csrp: str
    grid: Mapping[str, Mapping[str, str]]
    sexual: Mapping[str, str]
    medium: Mapping[str, str]
    with_mappa: Mapping[str, str]
    without_mappa: Mapping[str, str]
    release: Mapping[int, str]
    released_earlier: str
    registers: Mapping[str, str]
    digest: str

    def __repr__(self) -> str:
        return f"<TierRule {self.id!r}: {self.title} ({self.status})>"

    def __str__(self) -> str:
        return facts_text(self.id, self._facts())

    def _repr_html_(self) -> str:
        return facts_html(self.id, self._facts())

    def _facts(self) -> list[tuple[str, str]]:
        return [
            ("title", self.title),
            ("status", self.status),
            ("tiers", " < ".join(self.scale.labels)),
            ("digest", self.digest),
            *(("note", note) for note in self.notes),
        ]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TierRule):
            return NotImplemented
        return (self.id, self.digest) == (other.id, other.digest)

    def __hash__(self) -> int:
        return hash((self.id, self.digest))

    def rank(self, tier: str) -> int:
        """The rank of a tier from 1, the lowest; 0 is no result."""
        return self.scale.labels.index(tier) + 1

    @property
    def provenance(self) -> dict[str, str]:
        """What a result must say of the rule."""
        return {"rule": self.id, "digest": self.digest, "status": self.status}

    @classmethod
    def from_toml(cls, text: str, name: str = "tier rule") -> TierRule:
        """A rule from TOML text, of the form of the built-in file.

        Raises:
            TableError: Something is missing, unknown or no tier; all of it is named.
        """
        rule = _read(text, name)
        if rule.id in _built_in() and tier_rule(rule.id).digest != rule.digest:
            return attrs.evolve(rule, id=rule.id + _MODIFIED)
        return rule

    @classmethod
    def from_file(cls, path: str | Path) -> TierRule:
        """A rule from a file.

        Raises:
            TableError: It cannot be read.
        """
        return cls.from_toml(_toml.read(path), str(path))


def _read(text: str, name: str) -> TierRule:
    data = _toml.loads(text, name)
    reading = _Reading(data)
    rule = reading.rule()
    if reading.problems or rule is None:
        raise TableError(f"{name} is not a tier rule: " + "; ".join(reading.problems))
    return rule


class _Reading:
    """Reads the data of one file and notes everything that is wrong with it."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[str] = []
        self.tiers: tuple[str, ...] = ()

    def rule(self) -> TierRule | None:
        """The rule; None where it could not be made of what is there."""
        data, problems = self.data, self.problems
        problems += [
            f"unknown entry {key!r}" for key in data if key not in (*_TEXTS, *_MORE, *_PARTS)
        ]
        for key in (*_TEXTS, "dates", "licence"):
            value = data.get(key, "" if key in _MORE else None)
            if not isinstance(value, str) or (key in _TEXTS and not value.strip()):
                problems.append(f"{key} must be a text")
        notes, tiers = data.get("notes", []), data.get("tiers")
        for key, value in (("notes", notes), ("tiers", tiers)):
            if not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
                problems.append(f"{key} must be a list of texts")
        if problems:
            return None
        try:
            scale = BandScale(data["id"], tuple(data["tiers"]))
        except TableError as error:
            problems.append(f"tiers: {error}")
            return None
        self.tiers = scale.labels
        tables = {axis: self._table(axis) for axis in ("arp", "csrp")}
        grid = self._grid(tables)
        sexual = self._tiers("sexual_reoffending", ("low", "high", "very_high"), ("medium",))
        medium = self._tiers("sexual_reoffending.medium")
        mappa = self._tiers("mappa_rosh.with_mappa", (), (), ("missing", *LEVELS))
        without = self._tiers("mappa_rosh.without_mappa", (), (), ("missing", *LEVELS))
        later = self._tiers("lifer_ipp", ("later",), ("within_years",))
        release = self._tiers("lifer_ipp.within_years")
        registers = self._tiers("registers", REGISTERS)
        self._rising("sexual_reoffending.medium", medium, r"\d{1,2}(\.\d{1,6})?")
        self._rising("lifer_ipp.within_years", release, r"[1-9]\d?")
        self._no_others("reoffending", ("arp", "csrp", "tiers"))
        self._no_others("mappa_rosh", ("with_mappa", "without_mappa"))
        if problems:
            return None
        return TierRule(
            id=data["id"],
            title=data["title"],
            source=data["source"],
            status=data["status"],
            dates=data.get("dates", ""),
            licence=data.get("licence", ""),
            notes=tuple(notes),
            scale=scale,
            arp=tables["arp"],
            csrp=tables["csrp"],
            grid=grid,
            sexual=sexual,
            medium=medium,
            with_mappa=mappa,
            without_mappa=without,
            release=FrozenDict({int(years): tier for years, tier in release.items()}),
            released_earlier=later["later"],
            registers=registers,
            digest=digest({key: data[key] for key in _PARTS}),
        )

    def _at(self, path: str) -> Any:
        found: Any = self.data
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def _no_others(self, path: str, known: tuple[str, ...]) -> None:
        found = self._at(path)
        others = [k for k in found if k not in known] if isinstance(found, Mapping) else []
        self.problems += [f"unknown entry '{path}.{key}'" for key in others]

    def _table(self, axis: str) -> str:
        name = self._at(f"reoffending.{axis}")
        if not isinstance(name, str) or name not in band_tables:
            self.problems.append(f"reoffending.{axis} must be the id of a built-in band table")
            return ""
        if axis not in band_table(name).applies_to:
            self.problems.append(f"reoffending.{axis}: {name} is a table for other scores")
        return name

    def _grid(self, tables: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
        if not all(tables.values()):
            return {}
        rows, columns = band_table(tables["csrp"]).labels, band_table(tables["arp"]).labels
        found = self._at("reoffending.tiers")
        if not isinstance(found, Mapping) or set(found) != set(rows):
            self.problems.append(f"reoffending.tiers must have the rows {', '.join(rows)}")
            return {}
        given = {row: _plain(found[row]) for row in rows}
        for row, tiers in given.items():
            if set(tiers) != set(columns):
                self.problems.append(f"reoffending.tiers.{row!r} must have {', '.join(columns)}")
            self._check(f"reoffending.tiers.{row!r}", tiers)
        return FrozenDict({row: FrozenDict(tiers) for row, tiers in given.items()})

    def _tiers(
        self,
        path: str,
        needed: tuple[str, ...] = (),
        beside: tuple[str, ...] = (),
        allowed: tuple[str, ...] | None = None,
    ) -> Mapping[str, str]:
        """A table of tiers; ``needed`` must be there, ``beside`` is read elsewhere."""
        found = self._at(path)
        if not isinstance(found, Mapping) or not found:
            self.problems.append(f"{path} must be a table of tiers")
            return {}
        own = {k: v for k, v in found.items() if k not in beside}
        self.problems += [f"{path}.{key} is missing" for key in needed if key not in own]
        known = allowed if allowed is not None else needed
        if known:
            self.problems += [f"unknown entry '{path}.{key}'" for key in own if key not in known]
        self._check(path, own)
        return FrozenDict(own)

    def _check(self, path: str, given: Mapping[str, Any]) -> None:
        self.problems += [
            f"{path}.{key} must be one of {', '.join(self.tiers)}"
            for key, tier in given.items()
            if tier not in self.tiers
        ]

    def _rising(self, path: str, given: Mapping[str, str], form: str) -> None:
        if not all(re.fullmatch(form, key, re.ASCII) for key in given):
            self.problems.append(f"{path}: its keys must be numbers, as text")
            return
        edges = [Decimal(key) for key in given]
        if any(one >= other for one, other in pairwise(edges)):
            self.problems.append(f"{path}: its keys must rise")


def _plain(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


@cache
def _built_in() -> tuple[str, ...]:
    return _data.names("tiers", ".toml")


def tier_rules() -> tuple[str, ...]:
    """Ids of the built-in tier rules."""
    return _built_in()


@cache
def tier_rule(name: str = "tier-v3-2026-06-18") -> TierRule:
    """A built-in tier rule.

    Raises:
        UnknownNameError: There is none of that name.

    Examples:
        >>> tier_rule().grid["6.9+"]["90+"], tier_rule().status
        ('A', 'behind a feature flag')
    """
    if name not in _built_in():
        raise UnknownNameError("tier rule", name, _built_in())
    file = f"{name}.toml"
    return _read(_data.text("tiers", file), file)
