"""The values that were set aside, as plain data: an assessment that is kept stays as it was.

What could not be read is not written, only that it could not be: a code, the fields, a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from riskbands.assessments._parts import refuse
from riskbands.errors import Issue
from riskbands.vocabulary.fields import field, is_missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["KEY", "plain_faults", "read_faults", "still_hold"]

#: Their key in the dictionary of an assessment.
KEY: Final = "faults"
#: What can be wrong with one field. A rule of several fields has a code of its own.
_OF_A_FIELD: Final = ("malformed", "out_of_range", "contradiction")
_KEYS: Final = {"code", "fields", "message"}


def plain_faults(faults: Iterable[Issue], *, messages: bool = True) -> list[dict[str, Any]]:
    """Plain JSON values of faults; without messages it is what makes two of them the same."""
    said = [{"message": fault.message} if messages and fault.message else {} for fault in faults]
    return [
        {"code": fault.code, "fields": list(fault.fields), **message}
        for fault, message in zip(faults, said, strict=True)
    ]


def read_faults(given: Any, names: Collection[str]) -> tuple[Issue, ...]:
    """The faults that `plain_faults` wrote.

    A sentence is read back where it is one of this library. Any other could hold what somebody
    wrote into the field, so a plain one takes its place.

    Args:
        given: A list of them; None for none.
        names: The fields of the assessment.

    Raises:
        InputError: They are no such list, or one is of no field of the assessment.
    """
    if is_missing(given):
        return ()
    if not isinstance(given, (list, tuple)):
        raise refuse("malformed", (KEY,), f"{KEY} must be a list, as to_dict writes it")
    return tuple(_read(one, names) for one in given)


def _read(one: Any, names: Collection[str]) -> Issue:
    if isinstance(one, Mapping) and one.keys() <= _KEYS:
        code, listed, message = one.get("code"), one.get("fields"), one.get("message", "")
        if isinstance(listed, (list, tuple)) and all(isinstance(name, str) for name in listed):
            fields = tuple(listed)
            known = fields and set(fields) <= set(names)
            if known and isinstance(code, str) and isinstance(message, str):
                return Issue(code, fields, _sentence(code, fields, message))
    raise refuse(
        "malformed",
        (KEY,),
        f"each of {KEY} must have a code and the names of its fields, as to_dict writes them",
    )


def _sentence(code: str, fields: tuple[str, ...], message: str) -> str:
    if code in _OF_A_FIELD and len(fields) == 1 and message in _sentences(code, *fields):
        return message
    return f"{', '.join(fields)} could not be read when the assessment was made; supply it anew"


def _sentences(code: str, name: str) -> Iterator[str]:
    """What this library says of one field."""
    from riskbands.assessments.hmpps import sentences

    yield field(name).issue(code).message
    yield from sentences(name)


def still_hold(
    faults: Iterable[Issue], values: Mapping[str, Any], broken: Iterable[Issue]
) -> tuple[Issue, ...]:
    """The faults of a document, which are either of fields without a value, or of a broken rule.

    Args:
        faults: Those that were read.
        values: What the fields hold.
        broken: The rules that these values break.

    Returns:
        The faults, those of rules with the sentence of the rule.

    Raises:
        InputError: One is of a field that has a value, or of a code that no field has.
    """
    rules = {issue: issue for issue in broken}
    return tuple(rules.get(fault) or _of_a_field(fault, values) for fault in faults)


def _of_a_field(fault: Issue, values: Mapping[str, Any]) -> Issue:
    given = tuple(name for name in fault.fields if values.get(name) is not None)
    if given:
        raise refuse(
            "contradiction",
            given,
            f"{', '.join(given)}: the document has a value, and says among its {KEY} that it "
            "could not be read: mend one of them",
        )
    if fault.code not in _OF_A_FIELD or len(fault.fields) > 1:
        raise refuse(
            "malformed",
            (KEY,),
            f"a fault of {', '.join(fault.fields)} is none that a field can have, and no rule "
            "that the assessment breaks",
        )
    return fault
