"""Home Office offence codes and the groups that each predictor puts them in.

A code is five digits: three for the class, two for the subclass, ``00801`` or ``008/01``. The
leading zeros belong to it. Three *schemes* map codes to groups:

- ``ogrs3``: the 20 offence groups of OGRS3;
- ``actuarial-2025`` and ``actuarial-2026``: the groups of SNSV, OGRS4 and the 2026 family, as
  deployed in December 2025 and in August 2026. Violence is split into the five of
  `VIOLENCE_SUBGROUPS`; the weight ``violence`` of a coefficient table is that of all five.

The mapping is data (``data/offences.csv``), read on first use.
"""

from __future__ import annotations

import functools
import operator
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, SupportsIndex

import attrs
import numpy as np

from riskbands import _data
from riskbands._byfields import ByFields
from riskbands._patterns import pattern
from riskbands.errors import InputError, Issue, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

    from numpy.typing import NDArray

__all__ = [
    "NEEDS_EXACT",
    "NO_GROUP",
    "OFFENCE_SCHEMES",
    "UNKNOWN_CODE",
    "UNMAPPED",
    "VIOLENCE_SUBGROUPS",
    "WHY_NOT",
    "Offence",
    "OffenceScheme",
    "all_groups",
    "describe",
    "normalise",
    "parse_code",
    "scheme",
    "violent_or_sexual",
]

#: Names of the schemes.
OFFENCE_SCHEMES = ("ogrs3", "actuarial-2025", "actuarial-2026")

#: The groups of the actuarial schemes that share the weight ``violence``.
VIOLENCE_SUBGROUPS = (
    "firearms_most_serious",
    "firearms_other",
    "weapons_non_firearm",
    "violence_abh_plus",
    "violence_sub_abh",
)

#: What `OffenceScheme.table` has for a code that is not in the list of offence codes.
UNKNOWN_CODE = -1
#: What it has for a code that is listed but has no group in this scheme.
NO_GROUP = -2
#: What it has for a code that stands for several offences of different groups.
NEEDS_EXACT = -3
#: What it has for a code that the source says it cannot map.
UNMAPPED = -4

_NOT_SCORABLE = {"": NO_GROUP, "needs_exact_offence": NEEDS_EXACT, "unmapped": UNMAPPED}
#: Issue code and message (to be formatted with the scheme) of each negative entry.
WHY_NOT = MappingProxyType(
    {
        UNKNOWN_CODE: (
            "unknown_offence_code",
            "offence_code is not in the list of Home Office codes; check its five digits",
        ),
        NO_GROUP: (
            "offence_without_group",
            "offence_code is listed but has no group in {}; give offence_group",
        ),
        NEEDS_EXACT: (
            "needs_exact_offence",
            "offence_code is in the group needs_exact_offence of {}: it stands for several "
            "offences; give the exact offence or offence_group",
        ),
        UNMAPPED: (
            "unmapped_offence",
            "offence_code is in the group unmapped of {}; give offence_group",
        ),
    }
)
#: Class and subclass: five digits, or two numbers with a stroke or a blank between them.
#: Five digits, also with a blank after the class; or class and subclass with a stroke.
_CODE = pattern(r"([0-9]{3}) ?([0-9]{2})|([0-9]{1,3}) ?/ ?([0-9]{1,2})", re.ASCII)
#: The texts that `parse_code` reads, as an expression for the whole of a text.
CODE_TEXT: Final = f"^(?:{_CODE.pattern})$"


@attrs.frozen(eq=False, repr=False)
class Offence(ByFields):
    """One offence code and all that is known of it.

    Attributes:
        code: Five digits.
        ogrs3: Group in OGRS3; may be ``needs_exact_offence`` or ``unmapped``, which cannot be
            scored; None where the list is blank.
        actuarial_2025: Group in the deployment of December 2025; None where blank.
        actuarial_2026: Group in the deployment of August 2026; None where blank.
        violent_or_sexual_2025: Marked as violent or sexual in 2025; None where blank.
        violent_or_sexual_2026: Marked as violent or sexual in 2026.
        violent_sanction_2026: A sanction for it counts as violent in 2026.
    """

    code: str
    ogrs3: str | None
    actuarial_2025: str | None
    actuarial_2026: str | None
    violent_or_sexual_2025: bool | None
    violent_or_sexual_2026: bool | None
    violent_sanction_2026: bool | None


@attrs.frozen(slots=False, eq=False, repr=False)
class OffenceScheme(ByFields):
    """One mapping of offence codes to groups.

    Attributes:
        name: One of `OFFENCE_SCHEMES`.
        groups: The groups that can be scored, in alphabetical order.
        table: Read-only int16 array of 100,000: the index into ``groups`` by the five digits of
            the code, or `UNKNOWN_CODE`, `NO_GROUP`, `NEEDS_EXACT` or
            `UNMAPPED`, all negative.
    """

    name: str
    groups: tuple[str, ...]

    @functools.cached_property
    def table(self) -> NDArray[np.int16]:
        """The index into ``groups``, or a negative number, by the digits of the code."""
        column = 1 + OFFENCE_SCHEMES.index(self.name)
        index = _NOT_SCORABLE | {group: i for i, group in enumerate(self.groups)}
        table = np.full(100_000, UNKNOWN_CODE, dtype=np.int16)
        columns = _columns()
        table[list(map(int, columns[0]))] = [index[group] for group in columns[column]]
        table.flags.writeable = False
        return table

    def __repr__(self) -> str:
        scored, listed = int((self.table >= 0).sum()), int((self.table != UNKNOWN_CODE).sum())
        return (
            f"<OffenceScheme {self.name}: {len(self.groups)} groups, "
            f"{scored:,} of {listed:,} codes scored>"
        )

    def group(self, code: str | SupportsIndex) -> str:
        """The group of an offence code.

        Args:
            code: In a form that `parse_code` accepts.

        Raises:
            InputError: The code is malformed, not listed, or has no group that can be scored.

        Examples:
            >>> scheme("ogrs3").group("00801")
            'violence'
            >>> scheme("actuarial-2026").group("008/01")
            'violence_abh_plus'
        """
        found = int(self.table[parse_code(code)])
        if found < 0:
            kind, message = WHY_NOT[found]
            _fail(kind, message.format(self.name))
        return self.groups[found]


def scheme(name: str) -> OffenceScheme:
    """The scheme of this name; read once and shared.

    Raises:
        UnknownNameError: Not one of `OFFENCE_SCHEMES`.

    Examples:
        >>> scheme("ogrs3")
        <OffenceScheme ogrs3: 20 groups, 3,010 of 3,039 codes scored>
    """
    if name not in OFFENCE_SCHEMES:
        raise UnknownNameError("offence scheme", name, OFFENCE_SCHEMES)
    return _schemes()[name]


def all_groups() -> tuple[str, ...]:
    """Every group of every scheme once, in alphabetical order.

    Examples:
        >>> len(all_groups())
        31
    """
    return _all_groups()


def describe(code: str | SupportsIndex) -> Offence:
    """Everything that is known of an offence code.

    Args:
        code: In a form that `parse_code` accepts.

    Raises:
        InputError: The code is malformed or not listed.

    Examples:
        >>> describe("00801").violent_sanction_2026
        True
    """
    number = parse_code(code)
    try:
        return _offences()[number]
    except KeyError:
        kind, message = WHY_NOT[UNKNOWN_CODE]
        _fail(kind, message)


def parse_code(code: str | SupportsIndex) -> int:
    """The five digits of an offence code as a number.

    Args:
        code: Text of five digits, ``"00801"`` or ``"008 01"``, or class and subclass with a
            stroke between them, ``"008/01"`` or ``"8/1"``; blanks around it are ignored.
            Or a whole number, which has lost nothing but zeros in front: 801 is 00801. A number
            that is also that of a class, such as 803, is refused: 00803 is an assault, and class
            803 is about motoring.

    Returns:
        A number from 0 to 99,999. It indexes `OffenceScheme.table`; it does not say
        whether the code is listed.

    Raises:
        InputError: Anything else (it is a ``ValueError``). Text of fewer digits is not
            completed: nobody can say which it lost. Nor is a decimal point read: 8.1 may be
            8/1 or 8/10.

    Examples:
        >>> parse_code("008/01")
        801
    """
    if isinstance(code, str):
        digits = _CODE.fullmatch(code.strip())
        if digits:
            return int(digits[1] or digits[3]) * 100 + int(digits[2] or digits[4])
        if re.fullmatch(r"\s*\d{1,4}\s*", code, re.ASCII):
            _fail_short()
        _fail("malformed", "offence_code must be five digits, such as 00801 or 008/01")
    number = _whole(code)
    if not 0 <= number <= 99_999:
        _fail("malformed", "offence_code must have five digits, such as 00801 or 008/01")
    if number in _classes():
        _fail(
            "malformed",
            "offence_code is a number that could be a class alone; give it as text of five "
            "digits, as riskbands.offence_codes.normalise does for a column of whole codes",
        )
    return number


def normalise(column: Any) -> NDArray[np.object_]:
    """Offence codes as text of five digits.

    You say with it that the column holds whole codes: a whole number is completed with zeros in
    front, also one that could be a class.

    Args:
        column: Texts, whole numbers, or floats that are whole; a list, an array or a Series of any
            library.

    Returns:
        Object array of the same length: text of five digits; None where a value is missing; and
        as it was where it cannot be a code, so that it becomes an issue of its row.

    Examples:
        >>> normalise([801, "8/1", "008 03", 803, None, "8.1"]).tolist()
        ['00801', '00801', '00803', '00803', None, '8.1']
    """
    listed = column.to_pylist() if hasattr(column, "to_pylist") else column
    listed = listed.tolist() if hasattr(listed, "tolist") else list(listed)
    found = np.empty(len(listed), dtype=object)
    found[:] = [_normal(value) for value in listed]
    return found


def _normal(value: Any) -> Any:
    if value is None or type(value).__name__ == "NAType" or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 99_999:
        return f"{value:05d}"
    try:
        return f"{parse_code(value):05d}"
    except InputError:
        return value


@functools.cache
def _classes() -> frozenset[int]:
    """Numbers of classes that are those of codes too."""
    codes = {int(code) for code in _columns()[0]}
    return frozenset(code // 100 for code in codes) & codes


def _whole(code: Any) -> int:
    """A whole number as an int. True and False do not count as numbers, although Python says so."""
    whole: Any = None if isinstance(code, (bool, np.bool_)) else code
    try:
        return operator.index(whole)
    except TypeError:
        _fail("malformed", "offence_code must be text of five digits, such as 00801 or 008/01")


def _fail_short() -> NoReturn:
    _fail(
        "malformed",
        "offence_code has fewer than five digits: its leading zeros were lost, perhaps by a "
        "program that took it for a number; give it as text, such as 00801",
    )


def _fail(code: str, message: str) -> NoReturn:
    raise InputError(Issue(code, ("offence_code",), message))


@functools.cache
def _columns() -> tuple[list[str], ...]:
    """The columns of the list of offence codes, which has no quoted cell."""
    header, text = _data.text("offences.csv").rstrip().split("\n", 1)
    cells = text.replace("\n", ",").split(",")
    width = header.count(",") + 1
    return tuple(cells[place::width] for place in range(width))


@functools.cache
def _offences() -> Mapping[int, Offence]:
    """The offences, by number."""
    flag = {"": None, "0": False, "1": True}
    return MappingProxyType(
        {
            int(code): Offence(
                code,
                ogrs3 or None,
                a2025 or None,
                a2026 or None,
                flag[marked_2025],
                flag[marked_2026],
                flag[sanction_2026],
            )
            for code, ogrs3, a2025, a2026, marked_2025, marked_2026, sanction_2026 in zip(
                *_columns(), strict=True
            )
        }
    )


@functools.cache
def _schemes() -> Mapping[str, OffenceScheme]:
    found = zip(OFFENCE_SCHEMES, _columns()[1:], strict=False)
    return MappingProxyType(
        {
            n: OffenceScheme(n, tuple(sorted({*groups} - _NOT_SCORABLE.keys())))
            for n, groups in found
        }
    )


@functools.cache
def violent_or_sexual() -> NDArray[np.int16]:
    """By the five digits of an offence code: 1 for a violent or sexual type, 0 for another.

    `UNKNOWN_CODE` where the list has no such code, or says nothing of it. As the HMPPS actuarial
    API of August 2026 has it.
    """
    table = np.full(100_000, UNKNOWN_CODE, dtype=np.int16)
    for number, offence in _offences().items():
        if offence.violent_or_sexual_2026 is not None and offence.actuarial_2026 is not None:
            table[number] = offence.violent_or_sexual_2026
    table.flags.writeable = False
    return table


@functools.cache
def _all_groups() -> tuple[str, ...]:
    return tuple(sorted({group for found in _schemes().values() for group in found.groups}))
