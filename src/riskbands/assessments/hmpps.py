"""Requests of the HMPPS actuarial API, read in the names of the vocabulary.

The API has had two sets of names, that of December 2025 (ministryofjustice/
hmpps-arns-risk-actuarial-api, commit e28654b) and that of August 2026 (016919c). Both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from riskbands._redact import place_of
from riskbands.assessments._inputs import Faulty, reader
from riskbands.assessments._parts import refuse
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import fields, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["FollowUp", "request_fields", "request_names", "sentences"]

#: Which of the two dates of 2025 is meant; see `riskbands.OASysAssessment.from_hmpps`.
FollowUp: TypeAlias = Literal["user_input", "calculated"]
_FOLLOW_UP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user_input": "dateAtStartOfFollowupUserInput",
        "calculated": "dateAtStartOfFollowupCalculated",
    }
)
_FOLLOW_UP_FIELD: Final = "follow_up_date"
_PREVIOUS: Final = "previousConvictions"
_PREVIOUS_ALIASES: Final = {
    "weapons_not_firearms": "weapon",
    "weapons": "weapon",
    "kidnap": "kidnapping",
}
#: Names of the API that say nothing of the person: the version of the request, and which form of
#: SNSV is wanted.
_ASIDE: Final = ("version", "snsvStaticOrDynamic")


@cache
def _by_field() -> Mapping[str, tuple[str, ...]]:
    """Names of the API by field; those of previous convictions share one, which is read apart."""
    found = {f.name: f.hmpps_names for f in fields().values() if _PREVIOUS not in f.hmpps_names}
    return MappingProxyType({name: names for name, names in found.items() if names})


@cache
def _kinds() -> Mapping[str, str]:
    """Fields of previous convictions by kind."""
    named = [f.name for f in fields().values() if f.hmpps_name == _PREVIOUS]
    return MappingProxyType({name.removeprefix("previous_"): name for name in named})


@cache
def request_names() -> tuple[str, ...]:
    """Every name that a request of either version can have."""
    return (*(n for names in _by_field().values() for n in names), _PREVIOUS, *_ASIDE)


def request_fields(
    request: Mapping[str, Any], follow_up: FollowUp | None = None
) -> tuple[dict[str, Any], tuple[Issue, ...]]:
    """A request in the names of the vocabulary, ready for ``from_dict``.

    The second value are issues that concern one item each: the API has two names for it, and the
    two answers differ. They are for ``faults``: who reads the item is told, all others score.

    Args:
        request: The request's fields.
        follow_up: Which of the two dates of 2025 counts where both are given.

    Raises:
        UnknownNameError: A name that neither version of the API has; or ``follow_up`` is no
            choice.
        InputError: The request is no mapping.
    """
    if follow_up is not None and follow_up not in _FOLLOW_UP:
        raise UnknownNameError("follow_up", follow_up, _FOLLOW_UP)
    if not isinstance(request, Mapping):
        raise refuse("malformed", (), "a request must be a mapping of the API's names")
    known = request_names()
    for name in request:
        if name not in known:
            place = place_of(name, request)
            raise UnknownNameError("name in an HMPPS request", str(name), known, place=place)
    given = {name: value for name, value in request.items() if not is_missing(value)}
    if follow_up is not None and _FOLLOW_UP[follow_up] in given:
        for other, name in _FOLLOW_UP.items():
            if other != follow_up:
                given.pop(name, None)
    found: dict[str, Any] = {}
    aside = []
    for field, names in _by_field().items():
        present = [name for name in names if name in given]
        if not present:
            continue
        value = _agreed(field, present, given)
        differ = isinstance(value, Faulty) and value.issue.code == "contradiction"
        if differ and field != _FOLLOW_UP_FIELD:
            aside.append(value.issue)
        else:
            found[field] = value
    if _PREVIOUS in given:
        found.update(_previous(given[_PREVIOUS]))
    return found, tuple(aside)


def _agreed(field: str, names: list[str], given: Mapping[str, Any]) -> Any:
    """The value of a field that has one name or several; several must agree."""
    first = given[names[0]]
    if len(names) == 1:
        return first
    values = [reader(field)(given[name]) for name in names]
    if all(v == values[0] for v in values):
        return first
    unread = [v for v in values if isinstance(v, Faulty)]
    if unread:
        return unread[0]
    return Faulty(Issue("contradiction", (field,), _disagree(names)))


def _disagree(names: Sequence[str]) -> str:
    if all(name in names for name in _FOLLOW_UP.values()):
        return (
            f"{' and '.join(names)} do not agree: say with follow_up= which one counts "
            "('calculated' for OGRS3, OGP and OVP, 'user_input' for OSP, SNSV and RSR, as in the "
            "API of 2025)"
        )
    return f"{' and '.join(names)} are both given and do not agree: give one"


def sentences(field: str) -> Iterator[str]:
    """What a request can have said of a field that was set aside."""
    names = _by_field().get(field, ())
    for several in range(2, len(names) + 1):
        yield from map(_disagree, combinations(names, several))
    if field in _kinds().values():
        yield _no_list(field)


def _no_list(field: str) -> str:
    words = ", ".join(kind.upper() for kind in _kinds())
    return f"{field}: {_PREVIOUS} must be a list of {words}"


def _previous(listed: Any) -> Iterator[tuple[str, Any]]:
    """Fields of previous convictions from the list of kinds: a kind it does not name is a no."""
    kinds = _kinds()
    readable = isinstance(listed, (list, tuple, set, frozenset))
    words = [str(word).strip().lower() for word in listed] if readable else []
    named = {_PREVIOUS_ALIASES.get(word, word) for word in words}
    if readable and named <= set(kinds):
        yield from ((field, kind in named) for kind, field in kinds.items())
        return
    for field in kinds.values():  # one kind that cannot be read makes every answer doubtful
        yield field, Faulty(Issue("malformed", (field,), _no_list(field)))
