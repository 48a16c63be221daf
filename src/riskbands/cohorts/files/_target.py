"""Where output goes: a file that appears only when it is whole."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from riskbands._patterns import pattern
from riskbands.cohorts.files._common import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["is_stream", "replacing"]

_NUMBERED = pattern(r"/(?:dev|proc/self)/fd/(\d+)")
_NAMED = {"/dev/stdout": 1, "/dev/stderr": 2}
_OF_WRITING = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
#: Seconds until what was written since is brought to the disk.
_PAUSE = 0.1


def is_stream(path: Path) -> bool:
    """Whether this is an open stream of the process, a pipe or a device, and no file."""
    return _number(path) is not None or (path.exists() and not path.is_file() and not path.is_dir())


def _number(path: Path) -> int | None:
    """The number of the open stream that a name such as ``/dev/stdout`` stands for."""
    found = _NUMBERED.fullmatch(str(path))
    return int(found[1]) if found else _NAMED.get(str(path))


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A stream whose content takes the place of ``path`` when the block ends without an error.

    It is written beside the target, under a hidden name that ends in ``.part``, and renamed.
    The hidden file has from its beginning the mode that it will have in the end. After an error
    or an interruption the target is as it was and nothing is left. A target that is no regular
    file, such as a pipe, is written directly.

    Raises:
        FileError: The folder does not exist or cannot be written to.
    """
    try:
        if path.is_dir():
            raise FileError(f"cannot write {path}: it is a folder; name a file in it")
        if is_stream(path):
            number = _number(path)
            direct: BinaryIO = (
                path.open("wb") if number is None else os.fdopen(os.dup(number), "wb")
            )
        else:
            target = Path(os.path.realpath(path))
            part = target.with_name(f".{target.name}.{os.urandom(4).hex()}.part")
            direct = _created(part, target)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from error
    if is_stream(path):
        with _named(path), direct:
            yield direct
        return
    try:
        with _named(path), direct:
            with _brought_to_disk(direct.fileno(), target):
                yield direct
                direct.flush()
            os.fsync(direct.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    """Have an error that only writing can give name the file that was written."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in _OF_WRITING:
            error.filename = str(path)
        raise


@contextlib.contextmanager
def _brought_to_disk(number: int, replaced: Path) -> Iterator[None]:
    """Bring what is written to the disk while more is worked out: the wait at the end is short.

    Args:
        number: Of the open file.
        replaced: The file whose place it takes.

    Raises:
        OSError: The disk did not take it.
    """
    ended = threading.Event()
    errors: list[OSError] = []

    def bring() -> None:
        _let_go(replaced)
        while not (errors or ended.wait(_PAUSE)):
            try:
                os.fsync(number)
            except OSError as error:  # the system tells it once
                errors.append(error)

    thread = threading.Thread(target=bring, name="riskbands-disk", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
    if errors:
        raise errors[0]


def _let_go(path: Path) -> None:
    """Have the system keep nothing of a file in memory: the one that takes its place needs room.

    It keeps what is being read, as the input is that is to be replaced.
    """
    with contextlib.suppress(OSError, AttributeError):  # no such file, or no such call here
        forget = os.posix_fadvise
        with path.open("rb") as old:
            if _times_open(old.fileno()) == 1:
                forget(old.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _times_open(number: int) -> int:
    """How often this process has an open file open."""
    file, found = os.fstat(number), 0
    for other in os.listdir("/proc/self/fd"):  # noqa: PTH208 - names alone
        with contextlib.suppress(OSError):  # the one that was listed is closed by now
            found += os.path.samestat(file, os.fstat(int(other)))
    return found


def _created(part: Path, target: Path) -> BinaryIO:
    """A new file with the mode and group of the target where there is one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    if not target.exists():
        return os.fdopen(os.open(part, flags, 0o666), "wb")
    there = target.stat()
    mode = stat.S_IMODE(there.st_mode)
    number = os.open(part, flags, mode & 0o700)
    try:
        if hasattr(os, "fchmod"):
            if os.fstat(number).st_gid != there.st_gid:
                try:
                    os.fchown(number, -1, there.st_gid)
                except OSError:  # The permissions of the group would go to another group.
                    mode &= ~0o070
            os.fchmod(number, mode)
        return os.fdopen(number, "wb")
    except BaseException:
        os.close(number)
        part.unlink(missing_ok=True)
        raise
