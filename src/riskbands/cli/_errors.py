"""What the command says when it cannot go on, and its exit status."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from riskbands.errors import InputErrorGroup, MissingTableError, RiskBandsError

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
#: This signal is not known to Python on every system.
_SIGPIPE = 13
#: Packages whose own errors and exits are those of the command line's grammar.
_PARSERS = ("click", "typer")


def _say(text: str) -> None:
    with contextlib.suppress(OSError):
        print(f"riskbands: {text}", file=sys.stderr)


class _Stopped(BaseException):
    """A request to end, raised so that everything unwinds."""


def _stop(number: int, frame: FrameType | None) -> None:
    raise _Stopped(number)


def _leave(number: int) -> NoReturn:
    """End at once, as if by that signal, when everything has unwound.

    An ordinary exit would flush standard output, whose reader may be gone. It would also wake
    threads of Arrow that are still at work, which then abort the process.
    """
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(128 + number)


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
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted; no file was written")
        _leave(signal.SIGINT)
    except _Stopped as request:
        _leave(request.args[0])
    except BrokenPipeError:
        _leave(_SIGPIPE)
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
    if isinstance(error, MissingTableError):
        return [error.told(f"with --table {error.ident}=FILE")]
    return [str(error)]
