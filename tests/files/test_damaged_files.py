"""Damaged files, pipes and streams: one clear error, never a wrong value, never a hang."""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scored import GOOD, HEADER, PERSON, parquet, score, write

from riskbands.cohorts.files import FileError, ahead, open_input

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _people(rows: int = 200) -> pa.Table:
    columns = {name: pa.array([value] * rows) for name, value in PERSON.items()}
    columns["case_id"] = pa.array([f"A{n}" for n in range(rows)])
    columns["age_at_conviction"] = pa.nulls(rows)
    columns["age_at_follow_up"] = pa.nulls(rows)
    columns["date_of_birth"] = pa.array([f"{1960 + n % 40}-05-0{1 + n % 9}" for n in range(rows)])
    columns["conviction_date"] = pa.array(["2023-05-02"] * rows)
    return pa.table(columns)


def _as_bytes(**options: object) -> bytes:
    stream = io.BytesIO()
    pq.write_table(_people(), stream, row_group_size=50, **options)
    return stream.getvalue()


def test_a_flipped_byte_scores_no_other_year_of_birth(tmp_path: Path) -> None:
    """Without compression it is a fault that only the checksum of the page shows."""
    data = _as_bytes(compression="none", use_dictionary=False, write_page_checksum=True)
    source = tmp_path / "in.parquet"
    place = data.index(b"1971-05-")
    source.write_bytes(data[: place + 2] + b"9" + data[place + 3 :])
    for name in ("out.csv", "out.parquet"):
        with pytest.raises(FileError, match=r"in\.parquet is not a Parquet file that can be read"):
            score(source, out=tmp_path / name)
    assert list(tmp_path.iterdir()) == [source]
    source.write_bytes(data)
    assert "1991" not in score(source, out=tmp_path / "out.csv").read_text().splitlines()[12]


@pytest.mark.skipif(
    int(pa.__version__.split(".")[0]) < 20, reason="an old PyArrow crashes on damaged metadata"
)
@pytest.mark.parametrize("options", [{"compression": "none"}, {"compression": "zstd"}, {
    "data_page_version": "2.0", "use_dictionary": False}])  # fmt: skip
def test_whatever_is_damaged_is_one_error_of_the_file(
    tmp_path: Path, options: dict[str, object]
) -> None:
    whole = _as_bytes(write_page_checksum=True, **options)
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    chance = random.Random(4)
    source = tmp_path / "in.parquet"
    right = score(_written(source, whole), out=tmp_path / "right.csv").read_bytes()
    refused = 0
    for n in range(150):
        data = bytearray(whole)
        if n % 5 == 0:
            del data[chance.randrange(len(data)) :]
        elif n % 5 == 1:
            place = chance.randrange(len(data))
            del data[place : place + chance.choice([1, 4, 100])]
        elif n % 5 == 2:
            data[chance.randrange(footer)] ^= 1 << chance.randrange(8)
        else:
            data[chance.randrange(footer, len(data))] = chance.randrange(256)
        try:
            score(_written(source, bytes(data)), out=tmp_path / "out.csv")
        except FileError as error:
            assert str(source) in str(error)  # noqa: PT017 - every one
            refused += 1
        except ValueError as error:
            assert "column" in str(error)  # noqa: PT017 - a name was damaged
        else:
            if n % 5 == 2:
                assert (tmp_path / "out.csv").read_bytes() == right
    assert refused > 100


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["pipe.parquet", "pipe.csv", "pipe"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_named_pipe_is_read_like_a_file(tmp_path: Path, name: str, kind: str) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    data = _as_bytes() if kind == "parquet" else f"{HEADER}\n{GOOD}\n".encode()
    writer = threading.Thread(target=lambda: pipe.write_bytes(data), daemon=True)
    writer.start()
    out = score(pipe, out=tmp_path / "out.csv")
    writer.join(10)
    assert len(out.read_text().splitlines()) == (201 if kind == "parquet" else 2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
@pytest.mark.parametrize("name", ["pipe.parquet", "pipe.csv"])
@pytest.mark.parametrize("begun", [False, True])
def test_a_pipe_that_gives_nothing_can_be_interrupted(
    tmp_path: Path, name: str, begun: bool
) -> None:
    pipe = tmp_path / name
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "riskbands", "score", name, "-o", "out.csv"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) as process:
        writing = os.open(pipe, os.O_WRONLY) if begun else None  # waits for the reader
        if writing is not None:
            os.write(writing, b"PAR1" + bytes(1000) if "parquet" in name else b"sex,sanctions\nM,")
        time.sleep(0.5 if begun else 1.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 143
    if writing is not None:
        os.close(writing)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_text_that_is_no_utf8_is_not_written_as_csv(tmp_path: Path) -> None:
    broken = pa.array([b"\xff\xfe"]).view(pa.string())
    source = parquet(tmp_path / "in.parquet", note=broken)
    with pytest.raises(
        FileError, match=r"column note holds .*string that cannot be written as text"
    ):
        score(source, out=tmp_path / "out.csv")


def test_the_module_without_its_extra_names_it() -> None:
    code = "import sys; sys.modules['pyarrow'] = None; import riskbands.cohorts.files"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.splitlines()[-1].startswith("riskbands.errors.MissingExtraError: files need")
    assert "[cli]" in done.stderr


def test_reading_ahead_keeps_order_and_errors() -> None:
    def items() -> Iterator[int]:
        yield from range(50)
        raise KeyError("end")

    found: list[int] = []
    with pytest.raises(KeyError, match="end"):
        list(_kept(ahead(items()), found))
    assert found == list(range(50))


def _kept(items: Iterator[int], found: list[int]) -> Iterator[int]:
    for n in items:
        found.append(n)
        if n < 0:
            yield n


@pytest.mark.parametrize("slow", ["making", "finishing", "using", "nothing"])
def test_each_item_is_finished_once_by_whichever_thread_has_time(slow: str) -> None:
    finished: list[tuple[int, str]] = []

    def wait(what: str) -> None:
        time.sleep(0.01 if what == slow else 0)

    def items() -> Iterator[int]:
        for n in range(30):
            wait("making")
            yield n

    def finish(n: int) -> None:
        wait("finishing")
        finished.append((n, threading.current_thread().name))

    used = []
    for n in ahead(items(), 2, finish):
        assert n in [done for done, _ in finished]
        wait("using")
        used.append(n)
    assert used == sorted(n for n, _ in finished) == list(range(30))
    by_reader = sum(name == "riskbands-reader" for _, name in finished)
    if slow == "using":
        assert by_reader > 20
    if slow == "finishing":
        assert 5 < by_reader < 25


def test_what_is_wrong_with_an_item_is_raised_in_its_place() -> None:
    def finish(n: int) -> None:
        if n in (7, 8):
            raise KeyError(n)

    found: list[int] = []
    with pytest.raises(KeyError, match="7"):
        list(_kept(ahead(range(50), 2, finish), found))
    assert found == list(range(7))


def test_reading_ahead_stops_when_nobody_wants_more() -> None:
    made = []

    def items() -> Iterator[int]:
        for n in range(1000):
            made.append(n)
            yield n

    reading = ahead(items())
    assert next(reading) == 0
    reading.close()
    assert len(made) < 5
    assert "riskbands-reader" not in [thread.name for thread in threading.enumerate()]


def test_a_file_that_changes_between_looking_and_reading_is_refused(tmp_path: Path) -> None:
    a, b = (parquet(tmp_path / name) for name in ("a.parquet", "b.parquet"))
    table = open_input([str(a), str(b)])
    parquet(b, sanctions=pa.array(["4"]))
    with pytest.raises(FileError, match=r"b\.parquet changed while it was read"):
        list(table.batches())
    table.close()


def test_an_empty_parquet_file_is_no_csv(tmp_path: Path) -> None:
    empty = write(tmp_path / "in.parquet")
    with pytest.raises(FileError, match="is empty"):
        open_input([str(empty)])


def test_a_pipe_that_does_not_block_is_read_to_its_end(tmp_path: Path) -> None:
    """As a parent program may have set it: nothing yet is not the end."""
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "riskbands", "score", "-", "-p", "ogrs3", "-q", "-o", str(out)]
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with subprocess.Popen(command, stdin=reading, stderr=subprocess.PIPE) as process:
        os.close(reading)
        for text in ("", f"{HEADER}\n{GOOD[:5]}", f"{GOOD[5:]}\n", f"{GOOD}\n" * 200):
            time.sleep(0.3)
            os.write(writing, text.encode())
        os.close(writing)
        _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, b"")
    assert len(out.read_text("utf-8").splitlines()) == 202
