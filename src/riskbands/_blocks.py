"""Rows in blocks and in threads: each block is scored while it stays in the processor's caches."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BLOCK", "run_blocks", "run_shares"]

#: Rows of a cohort scored at a time: their features, of a byte each, stay in the caches, and a call
#: for each of them costs little beside what it does.
BLOCK = 1 << 17
#: Blocks begin at multiples of so many rows, so that columns of bits are cut between bytes.
_ROUND = 64


def run_shares(
    rows: int,
    work: Callable[[int, int], None],
    threads: int | None,
    block: int,
    least: int = 1,
) -> None:
    """Call ``work(start, stop)`` in threads, each with one even share of whole blocks.

    Args:
        rows: Number of rows.
        work: Writes its own rows only.
        threads: The most threads to use; by default one for each processor.
        block: A share is a multiple of this many rows.
        least: No further thread is started for fewer rows than this.

    Raises:
        ValueError: ``threads`` is less than 1.
    """
    if threads is not None and threads < 1:
        raise ValueError("threads must be 1 or more")
    blocks = -(-rows // block)
    workers = min(threads or os.cpu_count() or 1, blocks, rows // least)
    if workers <= 1:
        work(0, rows)
        return
    from concurrent.futures import (
        ThreadPoolExecutor,
    )  # This module is slow to load, and one case needs no threads.

    edges = [min(rows, w * blocks // workers * block) for w in range(workers)] + [rows]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def run_blocks(rows: int, work: Callable[[int, int], None], threads: int | None) -> None:
    """Call ``work(start, stop)`` for every block of rows, all about as long; see `run_shares`."""
    even = -(-rows // max(-(-rows // BLOCK), 1))
    size = max(min(-(-even // _ROUND) * _ROUND, BLOCK), 1)

    def several(first: int, last: int) -> None:
        for start in range(first, last, size):
            work(start, min(start + size, last))

    run_shares(rows, several, threads, size)
