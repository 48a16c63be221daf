"""Reading raw values into the fields of an assessment, every fault kept rather than raised."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import FieldFault, field, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Faulty", "check_on_issue", "from_field", "hmpps_fields", "reader"]

_PREVIOUS_ALIASES = {"weapons_not_firearms": "weapon", "weapons": "weapon", "kidnap": "kidnapping"}


@attrs.frozen
class Faulty:
    """Stands in a field for a value that could not be read; never seen from outside."""

    issue: Issue


@cache
def reader(name: str) -> Callable[[Any], Any]:
    """A converter of raw values of a field; a fault comes back as `Faulty`."""
    f = field(name)

    def read(raw: Any) -> Any:
        try:
            return f.parse(raw)
        except FieldFault as fault:
            return Faulty(Issue(fault.code, (name,), str(fault)))

    return read


def from_field(name: str) -> Any:
    """The attribute of an assessment that holds a field."""
    return attrs.field(default=None, converter=reader(name))


def check_on_issue(on_issue: str) -> None:
    """Refuse an unknown choice."""
    if on_issue not in ("raise", "keep"):
        raise UnknownNameError("on_issue", on_issue, ("raise", "keep"))


@cache
def _by_hmpps_name() -> Mapping[str, str]:
    names = {f.hmpps_name: f.name for f in fields().values() if f.hmpps_name}
    names.pop("previousConvictions")
    return names


def hmpps_fields(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request of the HMPPS actuarial API in the names of the vocabulary."""
    names = _by_hmpps_name()
    found = {names[key]: value for key, value in request.items() if key in names}
    previous = request.get("previousConvictions")
    if previous is not None:
        kinds = [n.removeprefix("previous_") for n in fields() if n.startswith("previous_")]
        words = [str(p).strip().lower() for p in previous]
        named = {_PREVIOUS_ALIASES.get(w, w) for w in words}
        unknown = named - set(kinds)
        for kind in kinds:
            # a kind that is not one of the nine makes every answer doubtful
            found[f"previous_{kind}"] = "unreadable" if unknown else kind in named
    return found
