"""The command ``riskbands``; needs the ``[cli]`` extra."""

from __future__ import annotations

import atexit
import gc
import importlib.util
import os
import sys
from pathlib import Path

from riskbands.errors import MissingExtraError, missing_extra

__all__ = ["main"]

_NEEDED = ("typer", "rich", "pyarrow")
#: Bytes of freed memory that are kept, just below the most that the C library allows.
_KEPT = 31 << 20


def _check_extra() -> None:
    """Refuse to start without the packages of the extra.

    Raises:
        MissingExtraError: Names them and the extra.
    """
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise missing_extra(f"the command line needs {', '.join(missing)} from", "cli")


def _fill_closed_streams() -> None:
    """Open standard streams that are closed, as under some schedulers, on the null device.

    Otherwise the next files that are opened would take their numbers, and receive their output.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end


def _without_idle_threads() -> None:
    """Have NumPy's linear algebra start no threads, which wait busily; the command needs none.

    What the user has set stays.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def _keep_freed_memory() -> None:
    """Have the C library of Linux keep memory that is freed, for the next piece of a file.

    It keeps as much as the largest block that was ever freed. Otherwise it gives the memory of each
    piece back, and the system clears it anew for the next one.
    """
    bytes(_KEPT)  # of zeros that nobody looks at: it is never touched


def _end_at_once() -> None:
    """Have Python look for no cycles among all that is loaded when it ends.

    Every output is closed by then, and the system takes all memory back.
    """
    atexit.register(gc.freeze)


class _WithoutPandas:
    """Lets nobody load pandas, which takes longer than scoring a small file.

    PyArrow loads it where it is installed, to find out whether an array comes from it. None does
    here.
    """

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Refuse pandas, and leave all else to others."""
        if name == "pandas":
            raise ModuleNotFoundError("the command does without pandas", name=name)


def main() -> None:
    """Run the command with the arguments of the process; never returns."""
    _fill_closed_streams()
    _without_idle_threads()
    _keep_freed_memory()
    _end_at_once()
    sys.meta_path.insert(0, _WithoutPandas)
    try:
        _check_extra()
    except MissingExtraError as error:
        print(f"riskbands: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    from riskbands.cli._app import app

    app(prog_name="riskbands")
