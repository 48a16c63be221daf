"""Rows in blocks and in threads: each block is scored while it stays in the processor's caches."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BLOCK", "run_blocks", "run_shares"]

#: Rows of a cohort scored at a time: their features and numbers stay in the caches.
BLOCK = 1 << 16


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
        work: Must touch only its own rows of what it writes.
        threads: How many at most; by default one a processor.
        block: A share is a multiple of this many rows.
        least: A further thread is not started for fewer rows.

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
    from concurrent.futures import ThreadPoolExecutor  # slow to load, and one case needs none

    edges = [min(rows, w * blocks // workers * block) for w in range(workers)] + [rows]
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, edges[:-1], edges[1:]))


def run_blocks(rows: int, work: Callable[[int, int], None], threads: int | None) -> None:
    """Call ``work(start, stop)`` for every block of rows; see `run_shares`.

    Threads have blocks of twice the length: they wait for the interpreter's lock at every call.
    """
    block = BLOCK if (threads or os.cpu_count()) == 1 else 2 * BLOCK

    def several(first: int, last: int) -> None:
        for start in range(first, last, block):
            work(start, min(start + block, last))

    run_shares(rows, several, threads, block)
