"""Reading raw values into the fields of an assessment, every fault kept rather than raised."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from riskbands._byfields import ByFields
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import FieldFault, field

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Faulty", "check_on_issue", "reader"]


@attrs.frozen(eq=False, repr=False)
class Faulty(ByFields):
    """Stands in a field for a value that could not be read. Callers never see it."""

    issue: Issue


@cache
def reader(name: str) -> Callable[[Any], Any]:
    """A converter of raw values of a field; a fault comes back as `Faulty`."""
    f = field(name)

    def read(raw: Any) -> Any:
        if raw is None or isinstance(raw, Faulty):
            return raw
        try:
            return f.parse(raw)
        except FieldFault as fault:
            return Faulty(Issue(fault.code, (name,), str(fault)))

    return read


def check_on_issue(on_issue: str) -> None:
    """Refuse an unknown choice."""
    if on_issue not in ("raise", "keep"):
        raise UnknownNameError("on_issue", on_issue, ("raise", "keep"))
