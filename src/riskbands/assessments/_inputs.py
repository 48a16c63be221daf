"""Reading raw values into the fields of an assessment, every fault kept rather than raised."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import attrs

from riskbands.errors import Issue, UnknownNameError
from riskbands.evaluate import ABSENT, Input
from riskbands.fields import FieldFault, Kind, all_fields, field, fields

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["CaseInputs", "Faulty", "check_on_issue", "from_field", "hmpps_fields", "reader"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})
_UNREAD: Any = object()
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


def _pack(date: dt.date) -> int:
    return date.year << 9 | date.month << 5 | date.day


@cache
def _encoder(name: str) -> Callable[[Any], int]:
    """What `Field.encode` does, looked up once."""
    f = field(name)
    if f.kind is Kind.DATE:
        return _pack
    if f.kind is Kind.ENUM:
        return {v: i for i, v in enumerate(f.values)}.__getitem__
    return int if f.kind is not Kind.OFFENCE_GROUP else f.encode


class CaseInputs(Mapping[str, Input]):
    """Codes of the fields of one assessment, each worked out when it is first asked for.

    Args:
        assessment: Has the fields as attributes.
        faults: Issues; those of one field are of a field that could not be read.
        more: Values of fields that are not given themselves.
    """

    def __init__(
        self, assessment: object, faults: Iterable[Issue], more: Mapping[str, Any] = _NOTHING
    ) -> None:
        self._values = vars(assessment)
        self._more = more
        self._known = {
            i.fields[0]: Input(0, False, {i.code: True}) for i in faults if len(i.fields) == 1
        }
        self._codes: dict[str, int | None] = {}

    def code(self, name: str) -> int | None:
        """The code of a field, or None where it is missing."""
        found: int | None = self._codes.get(name, _UNREAD)
        if found is not _UNREAD:
            return found
        value = self._values.get(name)
        if value is None:
            value = self._more.get(name)
        found = self._codes[name] = None if value is None else _encoder(name)(value)
        return found

    def __getitem__(self, name: str) -> Input:
        found = self._known.get(name)
        if found is None:
            code = self.code(name)
            found = ABSENT if code is None else Input(code, True)
            self._known[name] = found
        return found

    def get(self, name: str, default: Any = None) -> Any:
        """The input of a field; absent where the assessment does not have it."""
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return (n for n, f in all_fields().items() if f.scored and self[n] is not ABSENT)

    def __len__(self) -> int:
        return sum(1 for _ in self)


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
