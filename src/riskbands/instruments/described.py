"""A predictor in words: what it is called, what it reads, and its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from riskbands.display import WIDTH, facts_html, text_table
from riskbands.errors import MissingTableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskbands._options import Horizon
    from riskbands.bands.scale import BandScale
    from riskbands.instruments.caution import Caution
    from riskbands.instruments.results import Result
    from riskbands.scorecards.coefficients import CoefficientTable
    from riskbands.vocabulary.needs import FieldNeeds

__all__ = ["Described", "Docstring", "as_html", "as_text", "facts_of", "limits_of", "tables_named"]

_NOTHING = "no field of everybody: the issues of a case name those that it lacks"


class Described(Protocol):
    """What is said of a predictor; see `riskbands.Predictor`."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def name(self) -> str:
        """Name as the field writes it."""

    @property
    def title(self) -> str:
        """Name in full."""

    @property
    def horizons(self) -> tuple[Horizon, ...]:
        """Its horizons."""

    @property
    def has_points(self) -> bool:
        """Whether it has points."""

    @property
    def results(self) -> tuple[Result, ...]:
        """Its named results."""

    @property
    def tables(self) -> Sequence[CoefficientTable]:
        """The coefficient tables its numbers come from."""

    @property
    def bands(self) -> BandScale | None:
        """Its band table, or None."""

    @property
    def components(self) -> Sequence[Described]:
        """What it is made from."""

    @property
    def successor(self) -> str:
        """Id of what followed it."""

    @property
    def needs(self) -> FieldNeeds:
        """The fields it reads."""

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """Its limits."""


def tables_named(p: Described) -> str:
    """Ids of the coefficient tables its numbers come from, or what to do where none is public."""
    try:
        return ", ".join(table.id for table in p.tables)
    except MissingTableError:
        return "none is public: supply one"


def facts_of(p: Described) -> tuple[tuple[str, str], ...]:
    """What there is to say of a predictor: names and texts, none of them empty."""
    wanted = p.needs
    found = (
        ("id", p.id),
        ("name", p.name),
        ("title", p.title),
        (
            "horizons",
            ", ".join(p.horizons) or ("points only" if p.has_points else "none: named results"),
        ),
        ("results", ", ".join(r.name for r in p.results)),
        ("coefficients", tables_named(p)),
        ("bands", p.bands.id if p.bands is not None else "none"),
        ("made from", ", ".join(c.id for c in p.components)),
        ("followed by", p.successor),
        ("needs", ", ".join(wanted.needed) or _NOTHING),
        ("or instead", ", ".join(wanted.instead)),
        ("uses if given", ", ".join(wanted.used)),
        ("extended form", ", ".join(wanted.dynamic)),
    )
    return tuple((name, text) for name, text in found if text)


def limits_of(p: Described) -> tuple[str, ...]:
    """What must be said with every score, each with its source."""
    return tuple(f"{c.text} Source: {c.source}." for c in p.cautions)


def _rows(p: Described) -> list[tuple[str, str]]:
    return [*facts_of(p), *(("limit", text) for text in limits_of(p))]


def as_text(p: Described) -> str:
    """Facts and limits as a table."""
    return text_table(("", ""), _rows(p), left=(0, 1), width=WIDTH)


def as_html(p: Described) -> str:
    """The same for a notebook."""
    return facts_html(p.id, _rows(p))


class Docstring(str):
    """The docstring of a class of predictors, which for one predictor describes that one.

    ``rb.ogrs3?`` in a notebook and ``help`` ask an object for its ``__doc__``.
    """

    __slots__ = ()

    def __new__(cls, text: str | None) -> Docstring:
        """The docstring of a class, which can be missing."""
        return super().__new__(cls, text or "")

    def __get__(self, p: Described | None, owner: Any) -> str:
        return str(self) if p is None else as_text(p)
