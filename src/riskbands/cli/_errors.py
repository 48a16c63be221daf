"""What the command says when it cannot go on, and its exit status."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING

from riskbands.errors import InputErrorGroup, RiskBandsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

__all__ = ["BUG", "UNSCORED", "UNUSABLE", "reported"]

#: A row that was asked for cannot be scored.
UNSCORED = 1
#: A file or an option that cannot be used.
UNUSABLE = 2
#: An error of this program.
BUG = 70
#: Packages whose own errors and exits are those of the command line's grammar.
_PARSERS = ("click", "typer")


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        print(f"riskbands: {text}", file=sys.stderr)


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _closed_pipe() -> SystemExit:
    """The reader of standard output has gone: be quiet, also when Python flushes at the end."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return SystemExit(128 + 13)


@contextlib.contextmanager
def reported(*, debug: bool) -> Iterator[None]:
    """Turn errors into a message on standard error and an exit status.

    Args:
        debug: Whether to show where an error came from.
    """
    # A request to end must unwind, so that no half-written file stays.
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), _stop)
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted; nothing was written")
        raise SystemExit(128 + signal.SIGINT) from None
    except BrokenPipeError:
        raise _closed_pipe() from None
    except RiskBandsError as error:
        if debug:
            traceback.print_exc()
        _say("\n  ".join(_lines(error)))
        raise SystemExit(UNUSABLE) from None
    except OSError as error:
        if debug:
            traceback.print_exc()
        where = f" {error.filename}:" if error.filename else ""
        _say(f"cannot go on:{where} {error.strerror or error}")
        raise SystemExit(UNUSABLE) from None
    except Exception as error:
        if type(error).__module__.split(".")[0] in _PARSERS:
            raise
        # The text of an unforeseen error can hold data of a person: name its type only.
        if debug:
            traceback.print_exc()
        _say(
            f"this is a bug in riskbands ({type(error).__name__}), not a fault of the input; "
            "please report it, with what `riskbands --debug ...` prints once you have removed "
            "anything personal from it"
        )
        raise SystemExit(BUG) from None


def _lines(error: RiskBandsError) -> list[str]:
    if isinstance(error, InputErrorGroup):
        return [error.message.split(":")[0] + ":", *(i.message or str(i) for i in error.issues)]
    return [str(error)]
