"""The files that a file of an instrument may name: those in its folder and below it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from riskbands import _toml
from riskbands.declare.people import Budget
from riskbands.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from riskbands.instruments.predictor import Predictor

__all__ = ["MOST_CHARACTERS", "Beside"]

#: Of the text of a file.
MOST_CHARACTERS: Final = 2_000_000
_MOST_FILES: Final = 20
_DEEPEST: Final = 5
_NAME: Final = re.compile(r"[^\\\x00-\x1f\x7f:*?\"<>|]{1,300}")


class Beside:
    """Loads the instruments of files that a file names, each once.

    Args:
        read: Makes the instrument of a text, with its name in errors and the files it may name.
        here: The file that is read, or the folder that stands for it; None where there is none.
    """

    def __init__(
        self, read: Callable[[str, str, Beside], Predictor], here: Path | None = None
    ) -> None:
        self._read = read
        self._folder = here if here is None or here.is_dir() else here.parent
        self._base = None if self._folder is None else self._folder.resolve()
        self._open: tuple[Path, ...] = () if here is None else (here.resolve(),)
        self._loaded: dict[Path, Predictor | TableError] = {}
        #: What the look-up tables of all files may still have.
        self.budget = Budget()

    def load(self, name: str) -> Predictor:
        """The instrument of a file.

        Args:
            name: Its path from the folder of the file that names it, with ``/``.

        Raises:
            TableError: There is none, it lies elsewhere, it has faults, or it comes from itself.
        """
        path = self._path(name)
        if path in self._open:
            chain = " from ".join(p.name for p in [*self._open, path])
            raise TableError(f"comes from itself: {chain}")
        if len(self._open) > _DEEPEST:
            raise TableError(f"is named by files more than {_DEEPEST} deep")
        if path not in self._loaded:
            if len(self._loaded) >= _MOST_FILES:
                raise TableError(f"is one of more than {_MOST_FILES} files: name fewer")
            # Until it is read, and if it cannot be, it counts as one of them all the same.
            self._loaded[path] = TableError(f"{name} has faults")
            try:
                self._loaded[path] = self._inner(path, name)
            except TableError as error:
                self._loaded[path] = error
        found = self._loaded[path]
        if isinstance(found, TableError):
            raise found
        return found

    def _inner(self, path: Path, name: str) -> Predictor:
        inner = Beside(self._read)
        inner._folder, inner._base = path.parent, self._base
        inner._open, inner._loaded = (*self._open, path), self._loaded
        inner.budget = self.budget
        return self._read(_toml.read(path, most=MOST_CHARACTERS), name, inner)

    def _path(self, name: str) -> Path:
        if self._folder is None or self._base is None:
            raise TableError("names a file, and there is no folder to look in: give folder=")
        if not _NAME.fullmatch(name) or name[0] == "/" or ".." in name.split("/"):
            raise TableError(
                "must be the path of a file in the same folder or below it, such as parts/one.toml"
            )
        try:
            path = (self._folder / name).resolve(strict=True)
        except (OSError, RuntimeError):
            raise TableError(f"there is no file {name} beside this one that can be read") from None
        if not path.is_relative_to(self._base):
            raise TableError(f"{name} leads out of the folder of the first file")
        if not path.is_file():
            raise TableError(f"{name} is no file")
        return path
