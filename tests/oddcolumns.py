"""Odd answers in columns of every type, and their codes in Python and by SQL."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from riskbands.bands.sql import DIALECTS
from riskbands.instruments.sql.inputs import code_of
from riskbands.vocabulary.fields import Field, FieldFault, Kind, all_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FAULTS = {"malformed": -2, "out_of_range": -3}
CHOICE = Field("own", Kind.ENUM, values=("in_work", "not_known", "none", "01", "2", "n_k"))
_NAMES = (
    "sex", "relationship_status", "unemployed", "weapon", "accommodation", "drug_motivation",
    "awareness_of_consequences", "offence_group",
)  # fmt: skip
#: Fields that are read by their words: each kind, with and without words of its own.
WORDED = [*(all_fields()[name] for name in _NAMES), CHOICE]
COUNTS = [all_fields()["sanctions"], all_fields()["violent_sanctions"]]
TEXTS = [
    None, "", " ", "None", " None ", "none", "NONE", "not known", "Not Known", "not_known",
    "not-known", "Not-Known", "unknown", "n/k", "n_k", "n k", "N-K", "nk", "NaN", "n-a", "<NA>",
    "null", "-", "_", "--", "1-2", "1 2", "1_", "-1", "+1", "+", "2.", ".5", "1.0", "2.000", "2.01",
    "3.0", "7.0", "01", "1e0", "1.0E0", "inf", "123456789", "1234567890", "12345678901", "0x1",
    "yes", "Yes ", "N", "TRUE", "f", "2", "3", "some problems", "no-problems", "Partial", "full",
    "living together", "Living-Together", "M", "MALE", "ma-le", "In work", "IN-WORK", "violence",
    "Violence", "sometimes", "it's", "a\\b", "{0}", "%",
]  # fmt: skip
CODES = ["00801", "8/1", "008 01", "None", "not_known", "n/k", "1.0", "-8/1", "", None]
_SMALL = ["0", "1", "2", "3", "-1", "7", "1.5", "0.5", "2.25", "-0.5", "1023", "1024", "65536"]
_LARGE = [
    "2000.5",
    "1023.5",
    "-7.5",
    "1e15",
    "9007199254740992",
    "1e18",
    "1e300",
    "-1e300",
    "5e-324",
]
_NAMED = ["nan", "infinity", "-infinity", "-0.0"]
#: The type of a column, what makes its value in Python, the texts of its values, and its fields.
COLUMNS: list[tuple[str, Callable[[str], Any], Sequence[str | None], list[Field]]] = [
    ("text", str, TEXTS, WORDED),
    ("text", str, CODES, [all_fields()["offence_code"]]),
    ("double", float, [None, *_SMALL, *_NAMED], [*WORDED, *COUNTS]),
    ("double", float, _LARGE, COUNTS),
    ("DECIMAL(10, 3)", Decimal, [None, *_SMALL], [*WORDED, *COUNTS]),
    ("DECIMAL(3, 2)", Decimal, [None, "0", "1", "2", "3", "1.5", "-0.01"], [*WORDED, *COUNTS]),
    ("BIGINT", int, [None, "0", "1", "2", "3", "-1", "65536"], [*WORDED, *COUNTS]),
    ("BIGINT", int, ["9223372036854775807", "-9007199254740993"], COUNTS),
    ("BOOLEAN", lambda text: text == "true", [None, "true", "false"], WORDED[2:4]),
]


def code(f: Field, raw: Any) -> int:
    """What `riskbands` reads."""
    try:
        value = f.parse(raw)
    except FieldFault as fault:
        return _FAULTS[fault.code]
    return -1 if value is None else f.encode(value)


def query(f: Field, dialect: str, kind: str, texts: Sequence[str | None]) -> str:
    """The codes that SQL gives for values of a type, in their order."""
    write = DIALECTS[dialect]
    type_ = {"text": write.string, "double": write.double}.get(kind, kind)
    rows = ", ".join(
        f"({n}, {'NULL' if text is None else write.text(text)})" for n, text in enumerate(texts)
    )
    return (
        f"SELECT {code_of(f, write.identifier('x'), write)} AS code FROM (SELECT n, "
        f"CAST(v AS {type_}) AS x FROM (VALUES {rows}) AS t (n, v)) AS c ORDER BY n"
    )


def read_otherwise(
    dialect: str, run: Callable[[str], list[Any]], fields: Sequence[str] = ()
) -> list[str]:
    """Every value that SQL does not read as Python does; ``fields`` are all when empty."""
    found = []
    for kind, make, texts, of in COLUMNS:
        for f in of:
            if fields and f.name not in fields:
                continue
            codes = run(query(f, dialect, kind, texts))
            assert len(codes) == len(texts)
            for text, got in zip(texts, codes, strict=True):
                want = code(f, None if text is None else make(text))
                if got != want:
                    found.append(f"{f.name}, {kind} {text!r}: {want} and not {got}")
    return found
