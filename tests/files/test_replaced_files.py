"""What becomes of the file whose place an output takes."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from riskbands.cohorts.files._target import replacing

if TYPE_CHECKING:
    from pathlib import Path

LINUX = sys.platform == "linux"


@pytest.mark.skipif(not LINUX, reason="the system does not say which files are open")
def test_the_system_keeps_nothing_of_a_file_unless_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten: list[int] = []
    monkeypatch.setattr(os, "posix_fadvise", lambda n, *_: forgotten.append(os.fstat(n).st_ino))
    path = tmp_path / "out.csv"
    path.write_bytes(b"old")
    with path.open("rb") as source, replacing(path) as stream:
        stream.write(source.read() + b", read")
    assert forgotten == []
    now = path.stat().st_ino
    with replacing(path) as stream:
        stream.write(b"new")
    assert forgotten == [now]
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("gone", [True, False])
def test_systems_that_cannot_forget_write_the_same(
    gone: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: int) -> None:
        raise OSError

    if gone:
        monkeypatch.delattr(os, "posix_fadvise", raising=False)
    else:
        monkeypatch.setattr(os, "posix_fadvise", refuse, raising=False)
    path = tmp_path / "out.csv"
    for text in (b"first", b"second"):
        with replacing(path) as stream:
            stream.write(text)
        assert path.read_bytes() == text
