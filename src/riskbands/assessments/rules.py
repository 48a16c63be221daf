"""Rule tables of AssetPlus: which indicative level follows from a score and from judgements.

The rule is data with a citation, like every table here, and can be replaced by a caller's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs

from riskbands import _data, _toml
from riskbands.assessments._levels import as_level
from riskbands.assessments.rosh import ROSH
from riskbands.bands.scale import Band, BandScale, NotApplicable
from riskbands.errors import TableError, UnknownNameError

__all__ = ["INTERVENTION", "LIKELIHOOD", "RuleTable", "built_in_rules", "rule_table"]

#: Likelihood of reoffending.
LIKELIHOOD: Final = BandScale("likelihood-of-reoffending", ("Low", "Medium", "High"))
#: Intervention level of the Scaled Approach.
INTERVENTION: Final = BandScale("intervention-level", ("Standard", "Enhanced", "Intensive"))

_TEXTS: Final = ("id", "title", "source", "status")
_KEYS: Final = (*_TEXTS, "notes", "likelihood_of_reoffending", "intervention_level")
_JUDGEMENTS: Final = {"likelihood_of_reoffending": LIKELIHOOD, "risk_of_serious_harm": ROSH}


@attrs.frozen(repr=False, eq=False)
class RuleTable:
    """A rule that gives the indicative levels of an AssetPlus assessment.

    Attributes:
        id: Stable name.
        title: What it is.
        source: Citation.
        status: How certain the source is.
        notes: Remarks.
        likelihood: Level of likelihood of reoffending by band of the YOGRS score.
        intervention: Intervention level by level of likelihood of reoffending, and by level of
            risk of serious harm; the higher of the two counts.
    """

    id: str
    title: str
    source: str
    status: str
    notes: tuple[str, ...]
    likelihood: Mapping[str, Band]
    intervention: Mapping[str, Mapping[str, Band]]

    def __repr__(self) -> str:
        return f"<RuleTable {self.id!r}: {self.title} ({self.status})>"

    def indicative_likelihood(self, band: Band | NotApplicable | None) -> Band | None:
        """The likelihood of reoffending for a band of the YOGRS score; None without a band.

        Raises:
            TableError: The rule has no level for a band of this name.
        """
        if band is None or isinstance(band, NotApplicable):
            return None
        if band.label not in self.likelihood:
            raise TableError(
                f"{self.id} has no likelihood of reoffending for the band {band.label!r} of "
                f"{band.table_id}; it knows {', '.join(self.likelihood)}"
            )
        return self.likelihood[band.label]

    def indicative_intervention(
        self, likelihood: Band | str | None, harm: Band | str | None
    ) -> Band | None:
        """The intervention level; None until both judgements are made.

        Args:
            likelihood: Likelihood of reoffending.
            harm: Risk of serious harm.

        Raises:
            UnknownNameError: A level is not of its scale.
        """
        found = []
        for name, level in zip(_JUDGEMENTS, (likelihood, harm), strict=True):
            known = as_level(_JUDGEMENTS[name], level)
            if known is None:
                return None
            found.append(self.intervention[name][known.label])
        return max(found, key=lambda band: band.rank)

    @classmethod
    def from_toml(cls, text: str, name: str = "rule table") -> RuleTable:
        """A rule table from TOML text, of the form of the built-in file.

        Raises:
            TableError: Something is missing or unknown; says where.
        """
        data = _toml.loads(text, name)
        problems = [f"unknown entry {k!r}" for k in data if k not in _KEYS]
        problems += [
            f"{k} must be a text" for k in _TEXTS if not (isinstance(data.get(k), str) and data[k])
        ]
        notes = data.get("notes", [])
        if not (isinstance(notes, list) and all(isinstance(n, str) for n in notes)):
            problems.append("notes must be a list of texts")
        key = "likelihood_of_reoffending"
        likelihood = _levels(data.get(key), None, LIKELIHOOD, key, problems)
        sections = data.get("intervention_level")
        if not isinstance(sections, Mapping):
            sections = {}
        problems += [
            f"unknown entry 'intervention_level.{k}'" for k in sections if k not in _JUDGEMENTS
        ]
        intervention = {
            k: _levels(sections.get(k), scale, INTERVENTION, f"intervention_level.{k}", problems)
            for k, scale in _JUDGEMENTS.items()
        }
        if problems:
            raise TableError(f"{name} is not a rule table: " + "; ".join(problems))
        texts = {k: data[k] for k in _TEXTS}
        return cls(
            **texts,
            notes=tuple(notes),
            likelihood=likelihood,
            intervention=MappingProxyType(intervention),
        )

    @classmethod
    def from_file(cls, path: str | Path) -> RuleTable:
        """A rule table from a file.

        Raises:
            TableError: It cannot be read.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TableError(f"cannot read {path}: {error}") from error
        return cls.from_toml(text, str(path))


def _levels(
    given: Any, keys: BandScale | None, values: BandScale, where: str, problems: list[str]
) -> Mapping[str, Band]:
    """A table from labels to bands; every label of ``keys`` must be there and no other."""
    if not isinstance(given, Mapping) or not given:
        problems.append(f"{where} must be a table of levels")
        return {}
    if keys is not None:
        problems += [f"{where}.{k} is missing" for k in keys.labels if k not in given]
        problems += [f"{where}.{k} is unknown" for k in given if k not in keys.labels]
    known = ", ".join(values.labels)
    problems += [
        f"{where}.{k} must be one of {known}" for k, v in given.items() if v not in values.labels
    ]
    return MappingProxyType({k: values.band(v) for k, v in given.items() if v in values.labels})


def built_in_rules() -> tuple[str, ...]:
    """The names of the built-in rule tables."""
    return tuple(_data.names("rules", ".toml"))


@cache
def rule_table(name: str = "scaled-approach") -> RuleTable:
    """A built-in rule table.

    Raises:
        UnknownNameError: There is none of that name.

    Examples:
        >>> rule_table().indicative_intervention("Low", "Medium")
        Enhanced
    """
    known = built_in_rules()
    if name not in known:
        raise UnknownNameError("rule table", name, known)
    file = f"{name}.toml"
    return RuleTable.from_toml(_data.text("rules", file), file)
