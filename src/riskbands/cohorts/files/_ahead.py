"""Reading on in a second thread while what was read is worked on."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

__all__ = ["ahead"]

T = TypeVar("T")
#: Seconds to wait for a reader that is not needed any more; one that waits for a pipe is left.
_PATIENCE = 2.0


def ahead(
    items: Iterable[T], depth: int = 1, finish: Callable[[T], object] | None = None
) -> Generator[T, None, None]:
    """The items in their order; the next ones are made while one is in use.

    Args:
        items: What is iterated over, by another thread.
        depth: How many may wait.
        finish: What is to be done with each before it is used. The other thread does it when
            enough items wait, and this thread when there is nothing else to use: so neither is
            idle, whichever of the two has more to do.
    """
    line = _Line(items, depth, finish)
    thread = threading.Thread(target=line.fill, name="riskbands-reader", daemon=True)
    thread.start()
    try:
        while (cell := line.take()) is not None:
            yield cell.item
            del cell
    finally:
        line.stop()
        thread.join(_PATIENCE)


@attrs.define(eq=False, repr=False)
class _Cell(Generic[T]):
    item: T
    state: Literal["made", "begun", "done"]
    error: BaseException | None = None


class _Line(Generic[T]):
    """Items that wait, between the thread that makes them and the one that uses them."""

    def __init__(
        self, items: Iterable[T], depth: int, finish: Callable[[T], object] | None
    ) -> None:
        self._items = items
        self._depth = depth
        self._finish = finish
        self._waiting: deque[_Cell[T]] = deque()
        self._changed = threading.Condition()
        self._ended = self._stopped = False
        self._error: BaseException | None = None

    def fill(self) -> None:
        """Make the items, and finish those for which there is time."""
        try:
            for item in self._items:
                with self._changed:
                    self._waiting.append(_Cell(item, "made" if self._finish else "done"))
                    self._changed.notify()
                del item
                while self._is_full():
                    self._work()
                if self._stopped:
                    break
        except BaseException as error:  # raised again where the items are used
            self._error = error
        with self._changed:
            self._ended = True
            self._changed.notify()
        while self._waiting and not self._stopped:
            self._work()

    def take(self) -> _Cell[T] | None:
        """The next item, finished; None after the last one."""
        with self._changed:
            while not (self._waiting or self._ended):
                self._changed.wait()
            if not self._waiting:
                if self._error is not None:
                    raise self._error
                return None
            cell = self._waiting.popleft()
            own = cell.state == "made"
            if own:
                cell.state = "begun"
            self._changed.notify()
        if own:
            self._do(cell)
        with self._changed:
            while cell.state != "done":
                self._changed.wait()
        if cell.error is not None:
            raise cell.error
        return cell

    def stop(self) -> None:
        """No item is used any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify()

    def _is_full(self) -> bool:
        return len(self._waiting) >= self._depth and not self._stopped

    def _work(self) -> None:
        """Finish the item that will be used last, or wait for something to do."""
        with self._changed:
            cell = next((c for c in reversed(self._waiting) if c.state == "made"), None)
            if cell is None:
                if self._waiting and not self._stopped:
                    self._changed.wait()
                return
            cell.state = "begun"
        self._do(cell)

    def _do(self, cell: _Cell[T]) -> None:
        assert self._finish is not None
        try:
            self._finish(cell.item)
        except BaseException as error:
            cell.error = error
        with self._changed:
            cell.state = "done"
            self._changed.notify()
