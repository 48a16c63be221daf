"""What the command says, where it says it, and how it ends."""

from __future__ import annotations

import csv
import math
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import (
    BAD,
    COHORT,
    GOOD,
    HEADER,
    SCRIPT,
    Result,
    column,
    environment,
    read,
    refused,
    rows,
    run,
    write,
)

import riskbands as rb

# -- as it is installed ----------------------------------------------------------------------------


def test_script_and_module_are_the_same_command() -> None:
    assert run("--version", program=(SCRIPT,)) == run("--version")
    place = Path(rb.__file__).parent
    assert run("--version").out == f"riskbands-justice {rb.__version__} from {place}\n"


@pytest.mark.parametrize(
    "command", ["score", "explain", "tables", "bands", "predictors", "fields", "demo"]
)
def test_help_of_every_command_fits_and_is_listed(command: str) -> None:
    assert f"  {command} " in run("--help").out
    text = run(command, "--help", env={"COLUMNS": "60"}).out
    assert max(map(len, text.splitlines())) <= 60
    assert text.startswith("Usage: riskbands ")


def test_importing_the_library_does_not_load_the_extra() -> None:
    code = "import riskbands, sys; riskbands.ogrs3; print(set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'numpy'" in done.stdout
    for name in ("typer", "rich", "pyarrow", "click"):
        assert f"'{name}'" not in done.stdout


@pytest.mark.parametrize("told", [None, "2"])
def test_the_command_starts_no_threads_of_linear_algebra_unless_told(told: str | None) -> None:
    code = f"""
    import atexit, os
    os.environ.pop("OPENBLAS_NUM_THREADS", None)
    os.environ |= {{"OPENBLAS_NUM_THREADS": told for told in [{told!r}] if told}}
    from riskbands.cli import main
    atexit.register(lambda: print(os.environ["OPENBLAS_NUM_THREADS"]))
    main()
    """
    program = (sys.executable, "-c", textwrap.dedent(code))
    assert run("--version", program=program).out.splitlines()[-1] == (told or "1")


@pytest.mark.parametrize("missing", ["typer", "rich", "pyarrow"])
def test_without_the_extra_it_says_what_to_install(missing: str) -> None:
    code = f"""
    import importlib.util, sys
    find = importlib.util.find_spec
    importlib.util.find_spec = lambda name, *a: None if name == {missing!r} else find(name, *a)
    from riskbands.cli import main
    main()
    """
    done = run(program=(sys.executable, "-c", textwrap.dedent(code)))
    assert done.status == 2
    assert done.err == (
        f"riskbands: the command line needs {missing} from the [cli] extra of riskbands-justice: "
        "in a checkout of the project run pip install '.[cli]'\n"
    )


# -- streams ---------------------------------------------------------------------------------------


def test_standard_streams_are_csv_and_the_summary_is_kept_apart() -> None:
    done = run("score", "-", "-p", "ogrs3", stdin=f"{HEADER}\n{GOOD}\n{BAD}\n".encode())
    assert done.status == 0
    assert column(rows(done.out), "ogrs3_2yr") == ["25", ""]
    assert done.err.startswith("2 rows from standard input to standard output, 4 columns added\n")
    assert "missing     1  sanctions" in done.err


def test_quiet_says_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, BAD)
    assert run("score", source, "-q", "-p", "ogrs3").err == ""


def test_parquet_through_pipes() -> None:
    first = subprocess.run(
        [sys.executable, "-m", "riskbands", "score", COHORT, "-p", "ogrs3", "--format", "parquet"],
        capture_output=True,
        env=environment(),
        check=True,
    )
    assert first.stdout.startswith(b"PAR1")
    done = run("score", "-", "-p", "ovp", "-q", stdin=first.stdout)
    plain = run("score", COHORT, "-p", "ogrs3", "-p", "ovp", "-q")
    assert done.out == plain.out


def test_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, *[GOOD] * 50_000)
    for arguments in (["score", str(source), "-p", "ogrs3"], ["demo", str(COHORT)], ["fields"]):
        process = subprocess.Popen(
            [sys.executable, "-m", "riskbands", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        process.stderr.close()
        assert process.wait() == 141, arguments


def test_no_colours_and_no_progress_in_a_pipe() -> None:
    done = run("demo", COHORT, env={"NO_COLOR": "", "TERM": "xterm-256color"})
    assert "\x1b" not in done.out + done.err
    assert done.err == ""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_progress_shows_on_a_terminal(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "riskbands", "score", COHORT, "-o", tmp_path / "o.csv"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment(TERM="xterm"),
        check=True,
    )
    os.close(theirs)
    seen = b""
    while True:
        try:
            part = os.read(ours, 1 << 16)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(ours)
    assert b"scoring" in seen
    assert b"1,000 rows from" in seen
    assert done.stdout == b""


def test_narrow_terminal_and_plain_characters() -> None:
    narrow = run("demo", COHORT, env={"COLUMNS": "50"})
    assert narrow.status == 0
    assert max(map(len, narrow.out.splitlines()[2:])) <= 50
    plain = run("demo", COHORT, env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert plain.status == 0
    assert plain.out.isascii()
    assert "####" in plain.out


# -- files -----------------------------------------------------------------------------------------


def test_output_replaces_its_target_and_keeps_its_mode(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, GOOD)
    source.chmod(0o640)
    assert run("score", source, "-p", "ogrs3", "-o", source, "-q").status == 0
    assert read(source)[0]["ogrs3_2yr"] == "25"
    assert source.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [source]


def test_failure_leaves_the_target_as_it_was(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER, *[GOOD] * 3, "odd")
    target = write(tmp_path / "out.csv", "before")
    refused("score", source, "-p", "ogrs3", "-o", target)
    assert target.read_text() == "before\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]


@pytest.mark.parametrize("output", ["out.csv", "out.parquet"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interruption_in_mid_write_leaves_nothing(
    tmp_path: Path, number: signal.Signals, status: int, output: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "riskbands", "score", "-", "-p", "ogrs3", "-o", output],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(f"{HEADER}\n".encode() + f"{GOOD}\n".encode() * 700_000)
        process.stdin.flush()
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(f".{output}.*.part")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(number)
        assert process.wait(timeout=60) == status
        err = process.stderr.read().decode()
    assert err == ("riskbands: interrupted; no file was written\n" if status == 130 else "")
    assert list(tmp_path.iterdir()) == []


def test_parquet_that_is_cut_short_cannot_be_read(tmp_path: Path) -> None:
    """Standard output cannot be taken back, so what went there must not pass for the whole."""
    source = write(tmp_path / "in.csv", HEADER, *[GOOD] * 400_000, "x")
    with (tmp_path / "out").open("w+b") as out:
        arguments = ["score", str(source), "-p", "ogrs3", "--format", "parquet"]
        done = subprocess.run(
            [sys.executable, "-m", "riskbands", *arguments],
            stdout=out,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.decode().splitlines()[1:] == []
        out.seek(0)
        assert len(out.read()) > 1000
        with pytest.raises(pa.ArrowInvalid):
            pq.read_metadata(out)


@pytest.mark.skipif(os.name != "posix", reason="closes streams in a shell")
def test_closed_streams_are_left_alone_or_refused(tmp_path: Path) -> None:
    write(tmp_path / "in.csv", HEADER, GOOD)

    def closing(closed: str, *arguments: str) -> Result:
        shell = ("sh", "-c", f'exec "$@" {closed}', "sh", sys.executable, "-m", "riskbands")
        return run(*arguments, cwd=tmp_path, program=shell)

    done = closing("<&- >&- 2>&-", "score", "in.csv", "-p", "ogrs3", "-o", "out.csv")
    assert done == Result(0, "", "")
    assert column(read(tmp_path / "out.csv"), "ogrs3_2yr") == ["25"]
    done = closing("2>&-", "score", "in.csv", "-p", "ogrs3")
    assert column(rows(done.out), "ogrs3_2yr") == ["25"]
    done = closing(">&-", "score", "in.csv", "-p", "ogrs3")
    assert done == Result(2, "", "riskbands: standard output is closed: give --output FILE\n")
    done = closing("<&-", "score", "-", "-p", "ogrs3")
    assert done == Result(2, "", "riskbands: standard input is closed\n")
    for arguments in (["fields"], ["tables", "--template", "ogrs3"], ["--help"]):
        assert closing(">&-", *arguments) == Result(0, "", "")


def test_folders_patterns_and_several_files_are_one_table(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(read(COHORT))
    folder = tmp_path / "parts"
    folder.mkdir()
    for place in range(3):
        pq.write_table(table.slice(place * 400, 400), folder / f"{place}.parquet")
    (folder / "_metadata.parquet").write_bytes(b"not to be read")
    whole = run("score", COHORT, "-p", "rsr", "-q").out
    parts = [folder / f"{place}.parquet" for place in range(3)]
    for names in ([folder], [folder / "[0-9].parquet"], parts):
        assert run("score", *names, "-p", "rsr", "-q").out == whole
    pq.write_table(table.rename_columns(["id", *table.schema.names[1:]]), folder / "3.parquet")
    assert "3.parquet has other columns (id, case_id)" in refused("score", folder, "-q")
    for odd in parts:
        odd.unlink()
    shutil.move(folder / "3.parquet", folder / "year=2023.parquet")
    nested = folder / "year=2023"
    nested.mkdir()
    shutil.move(folder / "year=2023.parquet", nested / "a.parquet")
    assert "names of its folders (year=...)" in refused("score", folder)


def test_damaged_parquet(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    source.write_bytes(b"PAR1" + bytes(50))
    assert "in.parquet is not a Parquet file" in refused("score", source)
    whole = tmp_path / "whole.parquet"
    pq.write_table(pa.Table.from_pylist(read(COHORT)), whole)
    source.write_bytes(whole.read_bytes()[:-100])
    assert "in.parquet is not a Parquet file" in refused("score", source)


def test_parquet_columns_no_field_can_have(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(pa.table({"case_id": ["A1"], "sex": [["M"]], "sanctions": [1]}), source)
    for command in ("score -p ogrs3", "explain -p ogrs3 --case-id A1"):
        assert "column sex holds list" in refused(*command.split(), source)
    pq.write_table(
        pa.table({"date_of_birth": pa.array([0], pa.timestamp("s", "No/Where"))}), source
    )
    assert "date_of_birth has a time zone that is not known here" in refused(
        "score", source, "-p", "ogrs3", "-o", tmp_path / "out.parquet"
    )


def test_parquet_that_csv_cannot_hold(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    for odd in (pa.array([b"\xff"]), pa.array([0], pa.timestamp("s", "No/Where"))):
        pq.write_table(pa.table({"sex": ["M"], "sanctions": [4], "note": odd}), source)
        error = refused("score", source, "-p", "ogrs3", "-o", tmp_path / "out.csv")
        assert "column note holds " in error
        assert "cannot be written as text: write Parquet" in error
        assert list(tmp_path.iterdir()) == [source]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak from /proc")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Four times the rows must not take much more memory."""
    # Not by getrusage: on Linux a process inherits the peak of the one that started it.
    code = """
    import atexit, re
    from pathlib import Path
    from riskbands.cli import main
    show = lambda: print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
    atexit.register(show)
    main()
    """
    program = (sys.executable, "-c", textwrap.dedent(code))
    source, target = tmp_path / "in.csv", tmp_path / "out.parquet"
    peaks: list[float] = []
    for number in (600_000, 2_400_000):
        with source.open("w") as stream:
            stream.write(f"{HEADER}\n")
            stream.writelines([f"{GOOD}\n"] * number)
        least = math.inf
        for _ in range(3):  # a busy machine lets memory that was freed lie for a while
            done = run("score", source, "-p", "ogrs3", "-q", "-o", target, program=program)
            assert done.status == 0, done.err
            assert pq.read_metadata(target).num_rows == number
            least = min(least, int(done.out) / 1024)
            if not peaks or least < peaks[0] + 60:
                break
        peaks.append(least)
    assert peaks[1] < peaks[0] + 60, peaks


# -- refused, with advice --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["scor"], "score"),
        (["score", "IN", "--ouput", "x.csv"], "--output"),
        (["score", "IN", "-p", "orgs3"], "did you mean ogrs3"),
        (["score", "IN", "--table", "ogrs3=ogrs3-209"], "did you mean ogrs3-2009"),
        (["score", "IN", "--table", "ogrs3=none.toml"], "cannot read none.toml"),
        (["tables", "zzz"], "no coefficient table of that name"),
        (["score", "IN", "--table", "ogrs3=rsr"], "no coefficient table of that name"),
        (["score", "IN", "--table", "ogrs3"], "PREDICTOR=TABLE"),
        (["score", "IN", "--table", "ogsr3=ogrs3-2009"], "did you mean ogrs3"),
        (["score", "IN", "--bands", "ogrs3=ogrs3-2y"], "did you mean ogrs3-2yr"),
        (["score", "IN", "-p", "ogrs3", "--bands", "rsr=rsr-2025"], "rsr is not scored"),
        (["score", "IN", "--bands", "ogrs3=none.toml"], "cannot read none.toml"),
        (["score", "IN", "--overwrite", "--form", "breif"], "did you mean brief"),
        (["score", "IN", "--format", "parqet"], "did you mean parquet"),
        (["score", "IN", "--rename", "sexx=sex"], "did you mean sex"),
        (["score", "IN", "--rename", "case_id=sexx"], "did you mean sex"),
        (["score", "IN", "--rename", "case_id=sex"], "there is a column sex already"),
        (["score", "IN", "-o", "out.xlsx"], "end it in .csv or .parquet"),
        (["score", "IN", "--overwrite", "-o", "none/out.csv"], "cannot write none/out.csv"),
        (["score", "IN", "-o", "."], "--format"),
        (["score", "in.cvs"], "did you mean in.csv?"),
        (["score", "z*.csv"], "no file matches z*.csv"),
        (["score", "."], "is a folder without Parquet files"),
        (["score", "-", "IN"], "cannot be read together"),
        (["score", "IN", "-p", "yogrs"], "as a TOML file with --table yogrs=FILE; `riskbands ta"),
        (["page", "yogrs"], "with riskbands.yogrs.with_table('my-yogrs.toml')"),
        (["score", "IN"], "--overwrite"),
        (["score", "other.csv"], "--rename 'dateOfBirth'=date_of_birth"),
        (["score", "IN", "-p", "ogrs3", "--delimiter", ";"], "perhaps --delimiter is needed"),
        (["score", "none.csv", "-p", "ogrs3"], "--rename 'SEX'=sex"),
        (["score", "none.csv"], "the nearest is ogrs3, which lacks offence_code"),
        (["score", "IN", "-p", "ogrs3", "--table", "ovp=ovp-2009"], "ovp is not scored"),
        (["score", ""], "the name of an input is empty"),
        (["score", "IN", "-p", "ogrs3", "--encoding", "base64"], "no encoding named 'base64'"),
        (["explain", "IN", "--case-id", "A1", "--horizon", "3yr", "-p", "ogrs3"], "2yr"),
        (["explain", "other.csv", "--case-id", "A1", "-p", "ogrs3"], "has no column case_id"),
        (["tables", "ogrs3-209"], "did you mean ogrs3-2009"),
        (["tables", "--format", "jsn"], "did you mean json"),
        (["bands", "rsr-2024"], "did you mean rsr-2025"),
        (["predictors", "orgs3"], "did you mean ogrs3"),
        (["fields", "orgs3"], "no predictor or field named 'orgs3'; did you mean ogrs3"),
        (["fields", "sexx"], "did you mean sex"),
        (["tables", "rsr"], "coefficient tables are: snsv-hmpps-2025, osp-dc-iic-2025"),
        (["bands", "rsr"], "rsr is a predictor, which has the band table rsr-2025"),
        (["bands", "rsr"], "it also takes pni-csrp-api, pni-rsr-2024, rsr-api-2025-07, "),
        (["bands", "mst"], "mst is a predictor, which has no band table"),
        (["bands", "ogrs4g"], "which has no band table; it takes ogrs4g-oasys-test-2025"),
        (["tables", "ogrs3"], "tables are: ogrs3-2009; it also takes ogrs3-hmpps-2025"),
        (["tables", "rsr"], "snsv-hmpps-2025, osp-dc-iic-2025; it also takes snsv-2014"),
        (["tables", "yogrs"], "supply one with --table yogrs=FILE"),
    ],
)
def test_what_cannot_be_used_is_refused_with_advice(
    tmp_path: Path, arguments: list[str], advice: str
) -> None:
    write(tmp_path / "in.csv", HEADER + ",ogrs3_2yr,note", GOOD + ',25,"a;b"')
    write(tmp_path / "other.csv", "sex,dateOfBirth,sanctions", "M,1990-01-01,2")
    others = "SEX,DATE_OF_BIRTH,CONVICTION_DATE,SANCTIONS,FIRST_SANCTION_AGE"
    write(tmp_path / "none.csv", others, "M,1990-01-01,2023-11-02,2,20")
    arguments = ["in.csv" if a == "IN" else a for a in arguments]
    assert advice in refused(*arguments, cwd=tmp_path)
    assert not list(tmp_path.glob("out*"))


def test_a_bug_is_called_one_and_shown_on_request() -> None:
    code = textwrap.dedent("""
        import riskbands.cli._show as show
        def broken(*_): raise ZeroDivisionError("Secret")
        show.show_fields = broken
        from riskbands.cli import main
        main()
    """)
    done = run("fields", program=(sys.executable, "-c", code))
    assert done.status == 70
    assert "this is a bug in riskbands (ZeroDivisionError)" in done.err
    assert "Traceback" not in done.err
    assert "Secret" not in done.err
    shown = run("--debug", "fields", program=(sys.executable, "-c", code))
    assert shown.status == 70
    assert "Traceback" in shown.err


# -- score: summary --------------------------------------------------------------------------------


def test_overwrite_replaces_the_scores_that_are_there(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "ogrs3_2yr," + HEADER, "99," + GOOD)
    done = run("score", source, "-p", "ogrs3", "-q", "--overwrite")
    (row,) = rows(done.out)
    assert row["ogrs3_2yr"] == "25"
    assert next(iter(row)) == "case_id"


def test_summary_counts_bands_issues_and_columns(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER + ",Weapon,shoe", *[GOOD + ",1,2"] * 3, BAD + ",1,2")
    done = run("score", source, "-o", tmp_path / "out.csv")
    assert "4 rows from" in done.err
    assert "ogrs3           3  75.0 %  ogrs3-2009    Low 3, Medium 0, High 0, Very High 0" in (
        done.err
    )
    assert "missing     1  sanctions" in done.err
    assert "column 'Weapon' is not read; did you mean weapon?" in done.err
    assert "columns kept and not read: case_id, shoe" in done.err
    assert "A1" not in done.err


def test_summary_names_fields_whose_lack_changes_scores_in_silence() -> None:
    said = "used if given, and not in the table: "

    def told(*lacking: str) -> str:
        with COHORT.open(encoding="utf-8", newline="") as stream:
            people = list(csv.DictReader(stream))[:3]
        columns = [name for name in people[0] if name not in lacking]
        lines = [",".join(columns), *(",".join(p[name] for name in columns) for p in people)]
        done = run("score", "-", "-p", "arp", "-o", os.devnull, "--format", "csv",
                   stdin="\n".join(lines).encode())  # fmt: skip
        assert done.status == 0
        return done.err.partition(said)[2].partition("\n")[0]

    assert told() == ""
    assert told("uses_heroin", "follow_up_date") == "follow_up_date, uses_heroin"
    assert told("impulsivity") == "impulsivity"  # without it there is no extended form
    ages = run("score", "-", "-p", "ogrs3", stdin=f"{HEADER}\n{GOOD}\n".encode())
    assert said not in ages.err  # no date is read beside them
    dynamic = rb.arp.needs.dynamic
    assert told(*dynamic) == ""  # the brief form is what this table is for


def test_summary_counts_a_row_once_for_all_predictors() -> None:
    done = run("score", COHORT, "-o", os.devnull, "--format", "csv")
    assert done.status == 0
    faulty = {
        n
        for n, row in enumerate(rows(run("score", COHORT, "-q").out))
        for name, text in row.items()
        if name.endswith("_issues") and "malformed" in {i.split(":")[0] for i in text.split(";")}
    }
    (line,) = [line for line in done.err.splitlines() if line.startswith("malformed")]
    assert line.split()[:2] == ["malformed", str(len(faulty))]


def test_summary_says_which_columns_a_predictor_lacks(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", "sex,sanctions", "M,4")
    done = run("score", source, "-p", "ogrs3", "-o", tmp_path / "out.csv")
    assert done.status == 0
    assert "ogrs3 lacks the columns date_of_birth, conviction_date, offence_code" in done.err


# -- explain ---------------------------------------------------------------------------------------


def test_explain_prints_what_adds_up_to_the_score() -> None:
    person = next(p for p in read(COHORT) if p["case_id"] == "SYN-0003")
    score = rb.ogrs3.score(rb.OASysAssessment.from_dict(person))
    for horizon in ("1yr", "2yr"):
        done = run("explain", COHORT, "--case-id", "SYN-0003", "-p", "ogrs3", "--horizon", horizon)
        assert done.status == 0
        for line in str(score.explain(horizon)).splitlines():
            assert "  " + line.rstrip() in [text.rstrip() for text in done.out.splitlines()]
    assert "row 3\n" in done.out
    assert "band High [75, 90)" in done.out
    assert score.table.digest in done.out


def test_explain_says_why_a_row_has_no_score() -> None:
    done = run("explain", COHORT, "--case-id", "SYN-0021", "-p", "ogrs3")
    assert done.status == 1
    assert "cannot be scored:\n  - sex is missing: supply one of male, female" in done.out


def test_explain_does_not_repeat_what_it_looked_for() -> None:
    error = refused("explain", COHORT, "--case-id", "Jane-Secret", "-p", "ogrs3")
    assert error == f"riskbands: {COHORT} has no row with that case_id\n"


def test_explain_finds_every_row_of_a_case_by_a_column_of_another_name(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", HEADER.replace("case_id", "ref"), GOOD, BAD, GOOD)
    done = run("explain", source, "--case-id", "A1", "-p", "ogrs3", "--rename", "ref=case_id")
    assert done.status == 0
    assert [line for line in done.out.splitlines() if line.startswith("row")] == ["row 1", "row 3"]


def test_explain_reads_parquet_with_types_of_its_own(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    person = {
        "case_id": [7], "sex": ["M"], "age_at_conviction": [33.0], "age_at_follow_up": [33],
        "offence_code": ["00801"], "sanctions": [4], "first_sanction_age": [17],
    }  # fmt: skip
    pq.write_table(pa.table(person), source)
    done = run("explain", source, "--case-id", "7", "-p", "ogrs3")
    assert done.status == 0
    assert "1yr 14 %, 2yr 25 %, band Low [0, 50)" in done.out


def test_explain_reads_what_the_cohort_reads(tmp_path: Path) -> None:
    """Types whose values Python has no counterpart for, or another one than the cohort takes."""
    source = tmp_path / "in.parquet"
    good = {
        "case_id": [b"A1"], "sex": [b"M"], "date_of_birth": ["1990-05-01"],
        "conviction_date": ["2023-11-02"], "offence_code": ["00801"], "sanctions": [4],
        "first_sanction_age": [17],
    }  # fmt: skip
    nanosecond = pa.array([641_556_000_000_000_001], pa.timestamp("ns"))
    for changes, expected in (
        ({}, "2yr 25 %"),
        ({"case_id": ["A1"], "date_of_birth": nanosecond}, "2yr 25 %"),
        ({"date_of_birth": pa.array([10**7], pa.int32()).cast(pa.date32())}, "between 1800 and"),
        ({"date_of_birth": pa.array([2**62], pa.timestamp("us"))}, "between 1800 and 2200"),
    ):
        pq.write_table(pa.table({**good, **changes}), source)
        done = run("explain", source, "--case-id", "A1", "-p", "ogrs3")
        assert expected in done.out, done
        whole = run("score", source, "-p", "ogrs3", "-q").out
        assert (done.status == 0) == (rows(whole)[0]["ogrs3_issues"] == "")


# -- tables, bands, predictors, fields, demo -------------------------------------------------------


def test_tables_lists_and_shows_every_table(tmp_path: Path) -> None:
    listed = run("tables").out
    assert all(f"\n{ident} " in listed for ident in rb.coefficient_tables)
    for ident in ("ogrs3-2009", "osp-dc-iic-2025"):
        path = tmp_path / "table.toml"
        path.write_text(run("tables", ident, "--format", "toml").out)
        assert rb.load_table(path) == rb.coefficient_tables[ident]
    shown = run("tables", "ogrs3-2009").out
    assert "Howard, Francis, Soothill and Humphreys (2009)" in shown
    assert "departures\n" in shown
    assert "intercept_1yr" in shown
    assert run("tables", path).out.startswith("id ")


def test_bands_lists_and_shows_every_table() -> None:
    listed = run("bands").out
    assert all(f"\n{ident} " in listed for ident in rb.band_tables)
    for ident in ("rsr-2025", "asset-2009"):
        for form, reader in (("toml", rb.BandTable.from_toml), ("json", rb.BandTable.from_json)):
            assert reader(run("bands", ident, "--format", form).out) == rb.band_table(ident)
    assert "[6.9, inf)" in run("bands", "rsr-2025").out
    assert "(14, 15): points are whole numbers" in run("bands", "asset-2009").out


def test_predictors_lists_all_and_says_what_one_needs() -> None:
    listed = run("predictors").out
    for ident in rb.predictors.by_id:
        assert f"\n{ident} " in listed
    shown = run("predictors", "ogrs3").out
    assert "needs          sex, date_of_birth, conviction_date, offence_code, sanctions," in shown
    assert "or instead     age_at_follow_up, offence_group, age_at_conviction" in shown
    assert "weapon, accommodation" in run("predictors", "rsr").out


def test_predictors_names_every_table_and_says_where_no_field_is_needed_of_all() -> None:
    listed = run("predictors").out
    assert "snsv-hmpps-2025, osp-dc-iic-2025" in listed
    assert "ogp-2009, ogrs3-2009" in listed
    shown = run("predictors", "mst").out
    assert "needs          no field of everybody: the issues of a case name those" in shown
    assert "Maturity screening" in run("tables", "mst-2025").out


def test_what_a_predictor_without_a_table_needs_is_told_alike() -> None:
    shown = run("predictors", "yogrs", env={"COLUMNS": "200"}).out
    needed, _, used = shown.partition("uses if given")
    for name in ("follow_up_date", "last_sanction_date"):  # the conviction date stands in
        assert name in used
        assert name not in needed
    assert "or instead" in needed
    # read by its rules alone
    for name in ("order_end_date", "out_of_court_disposals"):
        assert name in used


def test_fields_lists_the_vocabulary() -> None:
    listed = run("fields", env={"COLUMNS": "200"}).out
    for name, f in rb.fields.all_fields().items():
        assert f"\n{name} " in listed
        assert f.allowed in listed or f.kind.value == "string"


def test_fields_of_a_predictor_say_what_each_is_used_for(tmp_path: Path) -> None:
    def listed(name: str | Path) -> set[tuple[str, ...]]:
        lines = run("fields", name, env={"COLUMNS": "400"}).out.splitlines()[2:]
        return {tuple(line.split()[:2]) for line in lines}

    found = listed("rsr")
    assert {name for name, _ in found} == rb.rsr.needs.readable
    assert found >= {("sex", "needs"), ("offence_group", "or"), ("follow_up_date", "if")}
    assert ("weapon", "extended") in found
    own = tmp_path / "own.toml"
    own.write_text(rb.ogrs3.to_toml(), encoding="utf-8")
    assert listed(own) == listed("ogrs3")
    assert listed("sex") == {("sex", "one")}


def test_demo_shows_rows_bands_and_issues() -> None:
    done = run("demo", COHORT)
    assert done.status == 0
    assert done.out.startswith(f"1,000 rows of {COHORT}, scored by 17 predictors\n")
    for word in ("SYN-0001", "15 % Low", "█", "unknown_offence_code", "59.3 %"):
        assert word in done.out
    assert run("demo", cwd=COHORT.parents[1]).out.splitlines()[1:] == done.out.splitlines()[1:]


def test_templates_are_those_of_the_library() -> None:
    from riskbands.templates import template

    for name in ("yogrs", "rsr-2025"):
        assert run("tables", "--template", name).out == template(name)
    assert "did you mean yogrs" in refused("tables", "--template", "yogr")


def test_no_line_of_an_explanation_is_wider_than_the_terminal() -> None:
    for ident in ("rsr", "csrp", "ogp", "pni"):
        for width in (80, 100):
            done = run("explain", COHORT, "--case-id", "SYN-0001", "-p", ident,
                       env={"COLUMNS": str(width)})  # fmt: skip
            lines = done.out.splitlines()
            assert max(map(len, lines)) <= width
            assert not any(line.endswith(" ") for line in lines)
            assert "\N{NO-BREAK SPACE}" not in done.out


# -- sql -------------------------------------------------------------------------------------------


def test_sql_is_that_of_the_predictor() -> None:
    done = run("sql", "-p", "rsr", "--dialect", "spark", "--source", "a.b", "--keep", "case_id")
    assert done.status == 0
    assert done.err == ""
    assert done.out == rb.rsr.to_sql("spark", source=("a", "b"), keep=["case_id"])


def test_sql_takes_tables_bands_fields_and_names_of_columns() -> None:
    options = ["--field", "sex", "--field", "sanctions", "--rename", "dob=date_of_birth"]
    tables = ["--table", "ogrs3=ogrs3-hmpps-2025", "--form", "brief"]
    done = run("sql", "-p", "ogrs3", *options, *tables)
    named = {"sex": "sex", "sanctions": "sanctions", "date_of_birth": "dob"}
    predictor = rb.ogrs3.with_table("ogrs3-hmpps-2025")
    assert done.out == predictor.to_sql(source="cases", columns=named, form="brief")


def test_sql_reads_a_column_that_has_another_fields_name_once() -> None:
    fields = ["sex", "age_at_conviction", "age_at_follow_up", "offence_code", "sanctions"]
    options = [text for name in fields for text in ("--field", name)]
    done = run("sql", "-p", "ogrs3", *options, "--rename", "sanctions=first_sanction_age")
    named = {name: name for name in fields[:-1]} | {"first_sanction_age": "sanctions"}
    assert done.out == rb.ogrs3.to_sql(source="cases", columns=named)
    usual = run("sql", "-p", "ogrs3", "--rename", "date_of_birth=conviction_date").out
    assert usual.count('"date_of_birth"') == run("sql", "-p", "ogrs3").out.count('"date_of_birth"')


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-p", "nope"], "no predictor"),
        (["-p", "ogrs3", "--dialect", "mysql"], "no SQL dialect"),
        (["-p", "ogrs3", "--rename", "a=nope"], "no field"),
        (["-p", "yogrs"], "has no public coefficients"),
        (["-p", "yogrs"], "with --table yogrs=FILE"),
        (["-p", "ogrs3", "--source", "a..b"], "given by its name"),
        (
            ["-p", "ogrs3", "--rename", "a=sex", "--rename", "b=sex"],
            "there is a column sex already",
        ),
        (["-p", "ogrs3", "--field", "sex", "--rename", "a=sex"], "there is a column sex already"),
    ],
)
def test_sql_says_what_is_wrong(options: list[str], message: str) -> None:
    done = run("sql", *options)
    assert done.status == 2
    assert done.out == ""
    assert message in done.err


def test_every_table_that_is_told_of_a_predictor_is_taken() -> None:
    from riskbands.cli._named import OptionError
    from riskbands.cli._show import show_bands, show_tables

    for p in rb.predictors.by_id.values():
        for show, taken in ((show_tables, p.with_table), (show_bands, p.with_bands)):
            with pytest.raises(OptionError) as told:
                show(p.id, "text")
            for ident in filter(None, str(told.value).partition("takes ")[2].split(", ")):
                assert taken(ident).id == p.id
