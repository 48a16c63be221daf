"""Signing off: who signed what and when, bound to the content that was signed.

A sign-off carries the digest of what it covers. After an edit the content has another digest, so
the sign-off is no longer in force; nobody has to remember to remove it. A moment counts in UTC, so
that one instant has one digest in whatever zone it is written. Version 0.1.0 took the moment as
written, and its digests still hold. The digest guards against edits and not against forgery. Who
may sign is a matter for the system around this library.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - read by documentation tools
from typing import TYPE_CHECKING, Any, Final

import attrs

from riskbands._byfields import ByFields
from riskbands.assessments._parts import as_written, moment, opaque_id, read_back, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.assessments._parts import When

__all__ = ["SignOff"]

#: What the assessments here have signed; another name is a text, and no repr shows it.
_PARTS: Final = (
    "assessment",
    "judgement",
    "explanations_and_conclusions",
    "pathways_and_planning",
)


def _covers(values: Any) -> tuple[str, ...]:
    found = (values,) if isinstance(values, str) else values
    if not isinstance(found, (list, tuple)) or not all(isinstance(v, str) for v in found):
        raise refuse("malformed", ("covers",), "covers must name the parts that are signed")
    return tuple(found)


def _digest(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("malformed", ("digest",), "digest must be a text")
    return value


@attrs.frozen(kw_only=True, eq=False, repr=False)
class SignOff(ByFields):
    """One sign-off or countersignature.

    Attributes:
        by: Who signed: an id of the caller's own system, never a name.
        at: When.
        covers: The parts signed.
        digest: Digest of the content that was signed.
    """

    by: str = attrs.field(converter=opaque_id)
    at: dt.datetime = attrs.field(converter=moment)
    covers: tuple[str, ...] = attrs.field(converter=_covers)
    digest: str = attrs.field(converter=_digest)

    def __repr__(self) -> str:
        known = [name for name in self.covers if name in _PARTS]
        covered = ", ".join(known) if len(known) == len(self.covers) else "parts of another name"
        return f"<SignOff of {covered} at {self.at.isoformat()}>"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        return self._plain(as_written)

    def _plain(self, when: When) -> dict[str, Any]:
        return {
            "by": self.by,
            "at": when(self.at),
            "covers": list(self.covers),
            "digest": self.digest,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SignOff:
        """A sign-off from what `to_dict` gave."""
        return read_back(cls, data)
