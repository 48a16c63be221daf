"""Reading on in a second thread while what was read is worked on."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

__all__ = ["ahead"]

T = TypeVar("T")
#: Seconds to wait for a reader that is not needed any more; one that waits for a pipe is left.
_PATIENCE = 2.0


def ahead(items: Iterable[T], depth: int = 1) -> Generator[T, None, None]:
    """The items in their order; the next ones are made while one is in use.

    Args:
        items: What is iterated over, by another thread.
        depth: How many finished items may wait.
    """
    waiting: queue.Queue[tuple[str, Any]] = queue.Queue(depth)
    stopped = threading.Event()

    def put(kind: str, item: Any) -> bool:
        while not stopped.is_set():
            try:
                waiting.put((kind, item), timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        source: Iterator[T] = iter(items)
        try:
            for item in source:
                if not put("item", item):
                    break
        except BaseException as error:  # raised again where the items are used
            put("error", error)
        else:
            put("end", None)

    thread = threading.Thread(target=make, name="riskbands-reader", daemon=True)
    thread.start()
    try:
        while True:
            kind, item = waiting.get()
            if kind == "end":
                return
            if kind == "error":
                raise item
            yield item
            del item
    finally:
        stopped.set()
        thread.join(_PATIENCE)
