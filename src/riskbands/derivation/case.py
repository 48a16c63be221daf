"""A case given as a mapping: for instruments that have no assessment class of their own."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from riskbands._redact import place_of
from riskbands.derivation.written import CaseDerivation
from riskbands.errors import Issue, UnknownNameError
from riskbands.vocabulary.fields import FieldFault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskbands.vocabulary.vocabulary import Vocabulary

__all__ = ["Case"]


class Case:
    """One case of the fields of a vocabulary; unreadable values are kept as faults.

    Args:
        values: Raw values by field, in the forms data comes in; None and the usual words for it
            are missing.
        vocabulary: The fields there are.

    Raises:
        UnknownNameError: A name is no field of the vocabulary.
    """

    def __init__(self, values: Mapping[str, Any], vocabulary: Vocabulary) -> None:
        read: dict[str, Any] = {}
        faults: list[Issue] = []
        for name, raw in values.items():
            if name not in vocabulary.fields:
                place = place_of(name, values)
                raise UnknownNameError("field", str(name), vocabulary.fields, place=place)
            try:
                read[name] = vocabulary.fields[name].parse(raw)
            except FieldFault as fault:
                faults.append(Issue(fault.code, (name,), str(fault)))
        self.vocabulary = vocabulary
        self.faults = tuple(faults)
        self._values = read

    def __repr__(self) -> str:
        given = [name for name, value in self._values.items() if value is not None]
        return f"<Case with {len(given)} fields: {', '.join(given)}>"

    @cached_property
    def derivation(self) -> CaseDerivation:
        """Features of the case, each worked out once and kept."""
        return CaseDerivation(self._values, self.faults, self.vocabulary)

    def __getstate__(self) -> dict[str, Any]:
        """The case without its features, which a copy or another process derives anew."""
        return {name: value for name, value in vars(self).items() if name != "derivation"}
