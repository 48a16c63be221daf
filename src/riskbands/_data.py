"""Files of this package's ``data``: text, from wherever the package was loaded."""

from __future__ import annotations

import os
from typing import Any

import riskbands

__all__ = ["names", "text"]

_SPEC: Any = riskbands.__spec__
_FOLDER = _SPEC.origin.removesuffix("__init__.py").removesuffix("__init__.pyc") + "data"


def text(*path: str) -> str:
    """The text of a file, ``text("bands", "rsr-2025.toml")``.

    Raises:
        OSError: There is none.
    """
    # The loader reads inside an archive too. To import `importlib.resources` takes longer than to
    # read every file.
    content: bytes = _SPEC.loader.get_data("/".join((_FOLDER, *path)))
    return content.decode("utf-8").replace("\r\n", "\n")


def names(folder: str, ending: str) -> tuple[str, ...]:
    """Names of the files of a folder, sorted and without their ending."""
    try:
        with os.scandir(f"{_FOLDER}/{folder}") as files:
            found = [f.name for f in files]
    except OSError:  # The package is in an archive.
        from importlib import resources

        found = [f.name for f in resources.files("riskbands").joinpath("data", folder).iterdir()]
    return tuple(sorted(name.removesuffix(ending) for name in found if name.endswith(ending)))
