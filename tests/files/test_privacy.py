"""Nothing of a person stands in a message, and nobody may read a file before it is whole."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from scored import GOOD, HEADER, score, write

from riskbands.cohorts.files import open_output
from riskbands.cohorts.files._target import replacing
from riskbands.errors import RiskBandsError

if TYPE_CHECKING:
    from typing import Any

FIRST = "QX17,Quentin,1985-02-03,M,00801,Quentin Zyx,AB123456C,QX17"
MARKS = ("QX17", "Quentin", "1985", "Zyx", "AB123456C", "00801")


@pytest.mark.parametrize(
    "options",
    [
        {"predictors": ()},
        {},
        {"rename": {"Quent": "sex"}},
        {"rename": {"Quentin": "sex", "Quentin Zyx": "sex"}},
        {"rename": {"M": "sex"}, "kind": "parquet"},
        {"rename": {"M": "sex", "QX17": "sanctions"}},
    ],
)
@pytest.mark.parametrize("again", ["", ",QX17", ",Quentin"])
def test_a_file_without_a_header_shows_no_one(
    tmp_path: Path, options: dict[str, Any], again: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first = FIRST.removesuffix(",QX17") + again
    source = write(tmp_path / "in.csv", first, first)
    message = ""
    try:
        score(source, out=tmp_path / "out", **{"kind": "csv", "quiet": False, **options})
    except RiskBandsError as error:
        message = str(error)
        assert "column" in message
    said = message + "".join(capsys.readouterr())
    assert said
    assert [mark for mark in MARKS if mark in said] == []


def test_columns_like_data_are_called_by_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "in.csv", f"{HEADER},Quentin Zyx,note,1985-02-03", f"{GOOD},,,")
    score(source, out=tmp_path / "out.csv", quiet=False)
    said = capsys.readouterr().err
    assert "columns kept and not read: case_id, column 8, note, column 10" in said
    assert not any(mark in said for mark in MARKS)


@pytest.mark.skipif(os.name != "posix", reason="modes")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o400])
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_the_hidden_file_has_the_mode_of_its_target_from_the_beginning(
    tmp_path: Path, mode: int, mask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("before")
    target.chmod(mode)
    made = []
    opened = os.open

    def watched(path: Any, flags: int, bits: int = 0o777, **more: Any) -> int:
        number = opened(path, flags, bits, **more)
        made.append(stat.S_IMODE(os.fstat(number).st_mode))
        return number

    monkeypatch.setattr(os, "open", watched)
    before = os.umask(mask)
    try:
        with replacing(target) as stream:
            (part,) = tmp_path.glob(".*.part")
            assert stat.S_IMODE(part.stat().st_mode) == mode
            stream.write(b"after")
    finally:
        os.umask(before)
    assert all(bits & ~mode == 0 for bits in made)
    assert made
    assert target.read_bytes() == b"after"
    assert stat.S_IMODE(target.stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix", reason="modes")
def test_a_new_file_has_the_mode_of_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "out.csv") as stream:
            (part,) = tmp_path.glob(".*.part")
            assert stat.S_IMODE(part.stat().st_mode) == 0o640
            stream.write(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == 0o640


def test_what_the_disk_does_not_take_is_told_though_it_takes_what_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A system tells such an error once, and while more is written nobody waits for it."""
    target = tmp_path / "out.csv"
    target.write_text("before")
    asked = threading.Event()

    def refuse(number: int) -> None:
        if not asked.is_set():
            asked.set()
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)

    def written() -> None:
        with replacing(target) as stream:
            stream.write(b"after")
            assert asked.wait(30)

    with pytest.raises(OSError, match="Input/output error"):
        written()
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert target.read_text() == "before"


def test_a_full_disk_is_told_with_the_file_that_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match=r"No space left on device: '.*out\.csv'"):
        score(write(tmp_path / "in.csv", HEADER, GOOD), out=tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_names_inside_a_type_are_not_repeated(tmp_path: Path) -> None:
    import pyarrow as pa

    schema = pa.schema([("sex", pa.string()), ("note", pa.struct([("Quentin", pa.int8())]))])
    with (
        pytest.raises(ValueError, match="column note holds a struct, which CSV cannot"),
        open_output(str(tmp_path / "out.csv"), "csv", schema),
    ):
        pass


@pytest.mark.parametrize("spelling", ["/dev/stdout", "/dev/fd/{}", "/proc/self/fd/{}"])
@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="numbers streams as files")
def test_streams_of_the_process_are_written_directly(
    tmp_path: Path, spelling: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    source = write(tmp_path / "in.csv", HEADER, GOOD)
    reading, writing = os.pipe()
    score(source, out=Path(spelling.format(writing)))
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        found = stream.read() or capfdbinary.readouterr().out
    assert found.splitlines()[1] == f"{GOOD},14,25,Low,".encode()
    assert list(tmp_path.iterdir()) == [source]
