"""A practitioner's judgement beside a computed band: who departed, how far and why."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import TYPE_CHECKING, Any

import attrs

from riskbands._byfields import ByFields
from riskbands._digest import digest as content_digest
from riskbands.assessments._levels import as_level, label_of, one_of
from riskbands.assessments._parts import (
    JUDGED,
    anything,
    as_written,
    moment,
    not_before,
    one_instant,
    opaque_id,
    part,
    read_back,
    refuse,
    text,
)
from riskbands.assessments.signoff import SignOff
from riskbands.assessments.summary import NOTHING, Table, as_text
from riskbands.bands.scale import Band, BandScale
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskbands.assessments._parts import When
    from riskbands.instruments.score import Score

__all__ = ["Judgement", "judgements_table", "known_about"]

_COVERS = "judgement"


def known_about(about: str) -> str | None:
    """What a judgement is about, where that is a known name; None for a text of the caller's.

    A text can say anything of a person, so no message repeats it.
    """
    from riskbands.predictors import by_id

    return about if about in JUDGED or about in by_id else None


def _subject(about: str) -> str:
    return known_about(about) or "the judgement"


def _same_id(one: str, other: str) -> bool:
    """Whether two ids are the same, read as text is read elsewhere."""
    return one.strip().casefold() == other.strip().casefold()


def _about(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise refuse("missing", ("about",), "about must say what is judged, as text")
    return value


def _scale(value: Any) -> BandScale:
    """A scale without edges: what two levels need to be compared."""
    if not isinstance(value, BandScale):
        try:
            value = read_back(BandScale, value)
        except (TableError, TypeError, ValueError):
            message = "the scale of a judgement needs an id and two labels or more that differ"
            raise refuse("malformed", ("scale",), message) from None
    from riskbands.bands.builtin import SCALES, band_tables

    built_in = band_tables.get(value.id) or SCALES.get(value.id)
    if built_in is not None and built_in.labels != value.labels:
        message = f"{value.id} is built in and has other labels: give the scale an id of its own"
        raise refuse("contradiction", ("scale",), message)
    return BandScale(value.id, value.labels)


def _previous(value: Any) -> Judgement | None:
    return value if value is None or isinstance(value, Judgement) else Judgement.from_dict(value)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Judgement(ByFields):
    """What a tool computed, what the practitioner decided, and why they differ.

    A judgement is never changed: `revise` makes a new one that remembers it. One that is
    made from the dictionary of a countersigned judgement whose content was edited is refused.

    Attributes:
        about: What is judged, e.g. ``risk_of_serious_harm``.
        scale: The levels, lowest first.
        computed: The level the tool gives; None where it gives none.
        final: The practitioner's level.
        rationale: Why; required where the two differ.
        by: Who decided: an id of the caller's own system, never a name.
        at: When.
        basis: Where the computed level comes from, e.g. ids and digests of the tables.
        countersignature: Who agreed, and when.
        previous: The judgement this one replaces.

    Raises:
        InputError: No rationale though the levels differ; edited after it was countersigned; not
            about the same thing as the judgement it replaces, or before it; a scale that has the
            id of a built-in band table and other labels.
        UnknownNameError: A level is not of the scale.

    Examples:
        >>> from riskbands.bands.builtin import band_table
        >>> judgement = Judgement(
        ...     about="rsr",
        ...     scale=band_table("rsr-2025"),
        ...     computed="Low",
        ...     final="Medium",
        ...     rationale="Two incidents since the assessment are not in the score.",
        ...     by="officer-17",
        ...     at="2024-01-16",
        ... )
        >>> judgement.departure
        1
    """

    about: str = attrs.field(converter=_about)
    scale: BandScale = attrs.field(converter=_scale)
    computed: Band | None = attrs.field(default=None, converter=anything)
    final: Band = attrs.field(converter=anything)
    rationale: str = text("rationale")
    by: str = attrs.field(converter=opaque_id)
    at: dt.datetime = attrs.field(converter=moment)
    basis: str = text("basis")
    countersignature: SignOff | None = part("SignOff")
    previous: Judgement | None = attrs.field(default=None, converter=_previous)

    def __attrs_post_init__(self) -> None:
        final = as_level(self.scale, self.final, "final")
        if final is None:
            raise refuse("missing", ("final",), f"final must be {one_of(self.scale)}")
        object.__setattr__(self, "final", final)
        object.__setattr__(self, "computed", as_level(self.scale, self.computed, "computed"))
        if self.departure and not self.rationale.strip():
            raise refuse(
                "rationale_missing",
                ("rationale",),
                f"{_subject(self.about)}: the final level departs from the computed one; say why "
                "(rationale)",
            )
        if self.previous is not None:
            if (self.previous.about, self.previous.scale) != (self.about, self.scale):
                raise refuse(
                    "contradiction",
                    ("previous",),
                    f"{_subject(self.about)}: the judgement it replaces is about something else",
                )
            not_before(self.at, self.previous.at, "the judgement it replaces")
        self._check_countersignature()

    def _check_countersignature(self) -> None:
        signed = self.countersignature
        if signed is None:
            return
        if _same_id(signed.by, self.by):
            raise refuse(
                "countersigned_by_the_same",
                ("countersignature",),
                f"{_subject(self.about)}: somebody else must countersign, not the one who decided",
            )
        if signed.covers != (_COVERS,):
            raise refuse(
                "malformed",
                ("countersignature",),
                f"{_subject(self.about)}: a countersignature covers the judgement and nothing else",
            )
        not_before(signed.at, self.at, "the judgement that is countersigned")
        if signed.digest not in (self.digest, self._digest(as_written)):
            raise refuse(
                "changed_after_sign_off",
                ("countersignature",),
                f"{_subject(self.about)}: changed after it was countersigned; use revise(), which "
                "keeps the earlier judgement, and have the new one countersigned",
            )

    @classmethod
    def from_score(
        cls, score: Score, final: Band | str, *, by: str, at: Any, rationale: str = ""
    ) -> Judgement:
        """A judgement beside the band of a score, which becomes the computed level.

        Args:
            score: The score; its tables become the basis. One with issues gives no computed level,
                and so has no basis.
            final: The practitioner's band.
            by: Who decided.
            at: When.
            rationale: Why; required where the bands differ.

        Raises:
            InputError: The score has no band table, or as for the class.
        """
        if score.bands is None:
            raise refuse(
                "missing",
                ("scale",),
                f"{score.predictor} has no bands to depart from; use with_bands() first",
            )
        table = f"{score.table.id} ({score.table.digest})"
        basis = f"{table}, {score.bands.id} ({score.bands.digest}), riskbands {score.version}"
        return cls(
            about=score.predictor,
            scale=score.bands,
            computed=None if score.band is None else as_level(score.bands, score.band),
            final=final,
            rationale=rationale,
            by=by,
            at=at,
            basis=basis if score.ok else "",
        )

    @property
    def departure(self) -> int | None:
        """Levels from computed to final: 2 is two up, -1 one down; None if none was computed."""
        return None if self.computed is None else self.final.rank - self.computed.rank

    @property
    def history(self) -> tuple[Judgement, ...]:
        """The judgements this one replaces, the first one first."""
        earlier = self.previous
        return () if earlier is None else (*earlier.history, earlier)

    def keeps(self, earlier: Judgement) -> bool:
        """Whether this judgement is ``earlier``, or remembers it; a countersignature may be new."""
        return any(
            j.digest == earlier.digest and earlier.countersignature in (None, j.countersignature)
            for j in (self, *self.history)
        )

    @property
    def countersigned(self) -> bool:
        """Whether somebody countersigned this judgement."""
        return self.countersignature is not None

    @property
    def digest(self) -> str:
        """Digest of everything except the countersignature; earlier judgements are included.

        One instant has one digest, in whatever zone it is written.
        """
        return self._digest(one_instant)

    def _digest(self, when: When) -> str:
        content = self._plain(when)
        content.pop("countersignature", None)
        return content_digest(content)

    def _moments(self) -> tuple[dt.datetime, ...]:
        """When it was made and countersigned, and those that it replaces."""
        own = (self.at,) if self.countersignature is None else (self.at, self.countersignature.at)
        return own if self.previous is None else (*self.previous._moments(), *own)

    def countersign(self, *, by: str, at: Any) -> Judgement:
        """This judgement with a countersignature.

        Args:
            by: Who agrees: not the one who decided, however the id is written.
            at: When, not before the judgement.

        Raises:
            InputError: It has one already, or ``by`` or ``at`` will not do.
        """
        if self.countersignature is not None:
            raise refuse(
                "already_countersigned",
                ("countersignature",),
                f"{_subject(self.about)}: countersigned already; a change needs revise()",
            )
        signed = SignOff(by=by, at=at, covers=_COVERS, digest=self.digest)
        return attrs.evolve(self, countersignature=signed)

    def revise(
        self,
        final: Band | str,
        *,
        by: str,
        at: Any,
        rationale: str = "",
        computed: Band | str | None = None,
        basis: str | None = None,
    ) -> Judgement:
        """A new judgement in place of this one, without a countersignature.

        Args:
            final: The practitioner's level now.
            by: Who decided.
            at: When.
            rationale: Why; the old rationale is not kept for the new judgement.
            computed: The computed level, if it has changed.
            basis: Where that comes from. Without one the old basis is kept as long as the computed
                level is the old one: it says nothing of another.

        Raises:
            InputError: As for the class.
        """
        level = self.computed if computed is None else as_level(self.scale, computed, "computed")
        if basis is None:
            basis = self.basis if level == self.computed else ""
        return Judgement(
            about=self.about,
            scale=self.scale,
            computed=level,
            final=final,
            rationale=rationale,
            by=by,
            at=at,
            basis=basis,
            previous=self,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        return self._plain(as_written)

    def _plain(self, when: When) -> dict[str, Any]:
        found: dict[str, Any] = {
            "about": self.about,
            "scale": {"id": self.scale.id, "labels": list(self.scale.labels)},
            "final": self.final.label,
            "by": self.by,
            "at": when(self.at),
        }
        if self.computed is not None:
            found["computed"] = self.computed.label
        found |= {k: v for k in ("rationale", "basis") if (v := getattr(self, k))}
        if self.countersignature is not None:
            found["countersignature"] = self.countersignature._plain(when)
        if self.previous is not None:
            found["previous"] = self.previous._plain(when)
        return found

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Judgement:
        """A judgement from what `to_dict` gave.

        Raises:
            InputError: As for the class; above all, edited after it was countersigned.
        """
        return read_back(cls, data)

    def __repr__(self) -> str:
        signed = "countersigned" if self.countersigned else "not countersigned"
        about = known_about(self.about) or "about a text"
        computed, final = (label_of(level, self.scale) for level in (self.computed, self.final))
        return f"<Judgement {about}: computed {computed}, final {final}, {signed}>"


def judgements_table(judgements: Iterable[Judgement]) -> Table:
    """The judgements of an assessment, for a summary; who made them is left out."""
    columns = ("about", "computed", "final", "departure", "rationale", "countersigned")
    rows = (
        (
            j.about.replace("_", " "),
            as_text(j.computed),
            j.final.label,
            NOTHING if j.departure is None else f"{j.departure:+d}" if j.departure else "0",
            j.rationale or NOTHING,
            "yes" if j.countersigned else "no",
        )
        for j in judgements
    )
    return Table("Judgements", columns, tuple(rows))
