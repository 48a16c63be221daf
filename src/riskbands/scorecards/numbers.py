"""Reading the numbers of a coefficient table, and noting what is read and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from riskbands.errors import TableError
from riskbands.scorecards.coefficients import leaves_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskbands.scorecards.coefficients import CoefficientTable

__all__ = ["Numbers", "check_sections"]


class Numbers:
    """Reads one section of a table, and notes what was read.

    A missing number is noted and never taken for 0. After compiling, `check` refuses
    a table that misses a key or has one that nothing used.
    """

    def __init__(self, table: CoefficientTable, section: str | None) -> None:
        self.table = table
        self.section = section
        node: Any = table.coefficients
        self.missing: list[str] = []
        self.used: set[str] = set()
        if section is not None:
            node = node.get(section)
            if not isinstance(node, Mapping):
                self.missing.append(f"[coefficients.{section}]")
                node = {}
        self._node = cast("Mapping[str, Any]", node)

    def _find(self, path: str) -> Any:
        self.used.add(path)
        node: Any = self._node
        for key in path.split("/"):
            if not isinstance(node, Mapping) or key not in node:
                self.missing.append(path.replace("/", "."))
                return None
            node = node[key]
        return node

    def has(self, path: str) -> bool:
        """Whether an optional number is there; does not count as used."""
        node: Any = self._node
        for key in path.split("/"):
            if not isinstance(node, Mapping) or key not in node:
                return False
            node = node[key]
        return True

    def is_list(self, path: str) -> bool:
        """Whether a list of numbers is there; does not count as used."""
        node: Any = self._node
        for key in path.split("/"):
            node = node.get(key) if isinstance(node, Mapping) else None
        return isinstance(node, tuple)

    def fraction(self, path: str) -> Fraction:
        """The exact value at ``path`` (keys joined by ``/``); 0 when missing, which is noted."""
        leaf = self._find(path)
        if leaf is None:
            return Fraction(0)
        if not isinstance(leaf, str):
            self.missing.append(f"{path.replace('/', '.')} (one number)")
            return Fraction(0)
        return Fraction(leaf)

    def number(self, path: str) -> float:
        """The double nearest to the number at ``path``."""
        return float(self.fraction(path))

    def positive(self, path: str) -> float:
        """A number above 0; 1 when missing, which is noted.

        Raises:
            TableError: It is 0 or less.
        """
        noted = len(self.missing)
        value = self.number(path)
        if len(self.missing) > noted:
            return 1.0
        if value <= 0:
            raise TableError(f"{self.table.id}: {path.replace('/', '.')} must be more than 0")
        return value

    def probability(self, path: str) -> float:
        """A number from 0 to 1; 0 when missing, which is noted.

        Raises:
            TableError: It is below 0 or above 1.
        """
        value = self.number(path)
        if not 0 <= value <= 1:
            where = path.replace("/", ".")
            raise TableError(f"{self.table.id}: {where} must lie between 0 and 1")
        return value

    def sequence(self, path: str) -> tuple[float, ...]:
        """A list of numbers, e.g. the coefficients of a polynomial; an empty one is missing."""
        leaf = self._find(path)
        if leaf is None:
            return ()
        if not (isinstance(leaf, tuple) and leaf and all(isinstance(v, str) for v in leaf)):
            self.missing.append(f"{path.replace('/', '.')} (a list of numbers)")
            return ()
        return tuple(float(Fraction(v)) for v in leaf)

    def mapping(self, path: str) -> Mapping[str, float]:
        """A sub-table of numbers; all its keys count as used."""
        leaf = self._find(path)
        if leaf is None:
            return {}
        if not isinstance(leaf, Mapping):
            self.missing.append(f"{path.replace('/', '.')} (a table of numbers)")
            return {}
        self.used |= {f"{path}/{k}" for k in leaf}
        self.missing += [f"{_dotted(path)}.{k} (one number)" for k in _no_texts(leaf)]
        return {k: float(Fraction(v)) for k, v in leaf.items() if isinstance(v, str)}

    def names(self, path: str) -> Mapping[str, str]:
        """A sub-table of names, e.g. the band of a category."""
        leaf = self._find(path)
        if not isinstance(leaf, Mapping):
            return {}
        self.used |= {f"{path}/{k}" for k in leaf}
        self.missing += [f"{_dotted(path)}.{k} (one name)" for k in _no_texts(leaf)]
        return {k: v for k, v in leaf.items() if isinstance(v, str)}

    def unknown(self) -> list[str]:
        """Dotted paths of the section that nothing has read."""
        found = []
        for path, _ in leaves_of(self._node):
            joined = "/".join(path)
            parents = {"/".join(path[:i]) for i in range(1, len(path) + 1)}
            if not parents & self.used:
                found.append(joined.replace("/", "."))
        return found

    def check(self) -> None:
        """Refuse the table unless every key was read and every key read was there.

        Raises:
            TableError: Lists all missing and all unknown keys.
        """
        where = f" [{self.section}]" if self.section else ""
        _refuse(f"{self.table.id}{where}", self.missing, self.unknown())


def _dotted(path: str) -> str:
    return path.replace("/", ".")


def _no_texts(leaf: Mapping[str, object]) -> list[str]:
    """Keys of what is a list or table where one text is wanted."""
    return [k for k, v in leaf.items() if not isinstance(v, str)]


def check_sections(table: CoefficientTable, sections: Sequence[Numbers]) -> None:
    """Refuse the table unless all its sections fit, naming what is wrong in any of them.

    A section that none of them reads is unknown, where the table serves one predictor only.

    Raises:
        TableError: Lists all missing and all unknown keys of all sections, by dotted path.
    """
    if len(sections) == 1:
        sections[0].check()
        return
    read = {numbers.section for numbers in sections}
    missing, unknown = [], []
    for numbers in sections:
        missing += [f"{numbers.section}.{key}" for key in numbers.missing]
        unknown += [f"{numbers.section}.{key}" for key in numbers.unknown()]
    if len(table.predictor) == 1:
        unknown += [str(key) for key in table.coefficients if key not in read]
    _refuse(table.id, missing, unknown)


def _refuse(where: str, missing: Sequence[str], unknown: Sequence[str]) -> None:
    """Say what is missing and what is unknown, if anything is."""
    parts = []
    if missing:
        parts.append("missing: " + ", ".join(dict.fromkeys(missing)))
    if unknown:
        parts.append("unknown: " + ", ".join(unknown))
    if parts:
        raise TableError(f"{where} does not fit its predictor; " + "; ".join(parts))
