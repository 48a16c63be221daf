"""What the frames of every library have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from riskbands.errors import FrameError, UnsupportedFrameError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from riskbands.cohorts.columns import ColumnReader
    from riskbands.cohorts.scorecolumns import ScoreColumn
    from riskbands.vocabulary.fields import Field

__all__ = ["Frame", "FrameError", "UnsupportedFrameError"]


class Frame(ABC):
    """A table of some library, held in memory.

    Attributes:
        labels: The labels of its columns, in order.
        rows: How many rows it has.
    """

    labels: Sequence[Hashable]
    rows: int

    @abstractmethod
    def reader(self, f: Field, place: int) -> ColumnReader:
        """The column at a place, as a field.

        Raises:
            InputError: It is of a type the field cannot have.
        """

    @abstractmethod
    def column(self, place: int) -> Any:
        """The column at a place, as the library has it."""

    @abstractmethod
    def with_scores(self, columns: Sequence[ScoreColumn]) -> Any:
        """A table of the same library with these columns, those that are new last."""

    def clashes(self, names: Sequence[str]) -> list[str]:
        """Which of ``names`` the table already has."""
        return [name for name in names if name in self.labels]

    def place_of(self, name: str) -> int | None:
        """Where the column of this name stands.

        Raises:
            FrameError: There are several.
        """
        places = [place for place, label in enumerate(self.labels) if label == name]
        if len(places) > 1:
            raise FrameError(
                f"the table has {len(places)} columns named {name}: drop all but one, or all"
            )
        return places[0] if places else None
