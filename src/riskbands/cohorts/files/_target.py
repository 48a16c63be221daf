"""Where output goes: a file that appears only when it is whole."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from riskbands.cohorts.files._common import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["replacing"]


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of ``path`` when the block ends without an error.

    It is written beside the target, under a hidden name that ends in ``.part``, and renamed.
    After an error or an interruption the target is as it was and nothing is left. A target that
    is no regular file, such as a pipe, is written directly.

    Raises:
        FileError: The folder does not exist or cannot be written to.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.is_dir():
            raise FileError(f"cannot write {path}: it is a folder; name a file in it")
        if target.exists() and not target.is_file():
            with target.open("wb") as direct:
                yield direct
            return
        part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(number, "wb") as stream:
            yield stream
            stream.flush()
            if target.exists():
                os.fchmod(number, stat.S_IMODE(target.stat().st_mode))
            os.fsync(number)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
