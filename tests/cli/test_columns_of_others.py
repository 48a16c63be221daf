"""Files with other people's column names and dates, through the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command import read, run

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """DOB,gender,convDate,HO code,sanctions,first_sanction_age,Jane
01/05/1990,M,02/11/2023,8/1,4,17,x
31/12/1984,F,28/02/2024,46/0,1,39,y
"""


def test_suggestions_are_the_options_that_score_takes(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(TEXT)
    done = run("suggest", source)
    assert (done.status, done.err) == (0, "")
    last = done.out.splitlines()[-1]
    assert last == (
        "once you have read them: --rename DOB=date_of_birth --rename gender=sex "
        "--rename convDate=conviction_date --rename 'HO code=offence_code'"
    )
    assert "Jane" not in done.out
    renames = [
        option
        for pair in ("DOB=date_of_birth", "gender=sex", "convDate=conviction_date",
                     "HO code=offence_code")
        for option in ("--rename", pair)
    ]  # fmt: skip
    told = run("score", source, "-p", "ogrs3", "-o", out, *renames)
    assert told.err.count("date_of_birth: no date is written with the year first") == 1
    assert [row["ogrs3_2yr"] for row in read(out)] == ["", ""]
    done = run("score", source, "-p", "ogrs3", "-o", out, *renames, "--date-format", "%d/%m/%Y")
    assert "year first" not in done.err
    assert [row["ogrs3_2yr"] for row in read(out)] == ["25", "20"]
    by_column = ["--date-format", "DOB=%d/%m/%Y", "--date-format", "convDate=%d/%m/%Y"]
    again = run("score", source, "-p", "ogrs3", "-o", "-", "-q", *renames, *by_column)
    assert again.out == out.read_text()


def test_a_column_may_have_a_sign_of_equality_in_its_name(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(TEXT.replace("gender", "a=b").replace("DOB", "=dob="))
    renames = ["--rename", "a=b=sex", "--rename", "=dob==date_of_birth"]
    renames += ["--rename", "convDate=conviction_date", "--rename", "HO code=offence_code"]
    done = run("score", source, "-p", "ogrs3", "-q", *renames, "--date-format", "%d/%m/%Y")
    assert [line.split(",")[-3] for line in done.out.splitlines()[1:]] == ["25", "20"]
    named = run("sql", "-p", "ogrs3", "--rename", "a=b=sex")
    assert '"a=b"' in named.out
    for wrong in ("sex", "=sex", "a="):
        assert "--rename takes COLUMN=FIELD" in run("sql", "-p", "ogrs3", "--rename", wrong).err


def test_a_format_that_cannot_be_used(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(TEXT)
    for given in ("%d/%m/%y", "DOB=%d"):
        rename = ["--rename", "DOB=date_of_birth"]
        done = run("score", source, "-p", "ogrs3", *rename, "--date-format", given)
        assert done.status == 2
        assert "a year of four digits" in done.err


def test_a_format_is_for_the_column_of_the_longest_name(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(TEXT.replace("gender", "sex").replace("DOB", "birth=date"))
    options = ["--rename", "birth=date=date_of_birth", "--rename", "convDate=conviction_date"]
    options += ["--rename", "HO code=offence_code", "--date-format", "convDate=%d/%m/%Y"]
    for name in ("birth=date", "date_of_birth"):
        done = run("score", source, "-p", "ogrs3", "-q", *options,
                   "--date-format", f"{name}=%d/%m/%Y")  # fmt: skip
        assert [line.split(",")[-3] for line in done.out.splitlines()[1:]] == ["25", "20"], done.err
    done = run("score", source, "-p", "ogrs3", *options, "--date-format", "birth=%d/%m/%Y")
    assert "no such column of dates; there are: date_of_birth, conviction_date" in done.err


def test_of_several_renames_the_message_says_which(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(TEXT)
    for wrong, message in (
        ("gender", "--rename takes COLUMN=FIELD, and nothing else (2 of 2)"),
        ("DOB=sex", "--rename is given twice for the same COLUMN (2 of 2)"),
        ("Jo=sex", "--rename (2 of 2): no column named the one given"),
        ("gender=Jo", "--rename (2 of 2): no field of that name; known: case_id, sex"),
    ):
        done = run("score", source, "--rename", "DOB=date_of_birth", "--rename", wrong)
        assert (done.status, done.out) == (2, "")
        assert message in done.err
        assert "Jo" not in done.err


def test_a_rename_the_wrong_way_round_is_told_the_order(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(TEXT)
    order = "the column comes first, COLUMN=FIELD"
    for wrong in ("date_of_birth=DOB", "sex=Jo", "sanctions=gender"):
        done = run("score", source, "-p", "ogrs3", "--rename", wrong)
        assert (done.status, done.out) == (2, "")
        assert order in done.err
        assert "Jo" not in done.err
    for wrong in ("gendr=sex", "gender=Jo", "sex=date_of_birth"):
        done = run("score", source, "-p", "ogrs3", "--rename", wrong)
        assert done.status == 2
        assert order not in done.err


def test_fields_knows_the_usual_names_of_a_field() -> None:
    for name, field in (
        ("DOB", "date_of_birth"),
        ("Gender", "sex"),
        ("convDate", "conviction_date"),
    ):
        done = run("fields", name)
        assert (done.status, done.out) == (2, "")
        assert f"it is probably the field {field} (" in done.err
        assert f"run riskbands fields {field}" in done.err
    assert "probably" not in run("fields", "Jane").err
    assert "probably" not in run("fields", "Employed").err


def test_score_suggests_no_opposite_to_paste(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    text = TEXT.replace("Jane", "Employed,No weapon")
    source.write_text(text.replace(",x", ",yes,no").replace(",y\n", ",no,yes\n"))
    done = run("score", source, "-p", "ogrs3", "-o", tmp_path / "out.csv")
    assert "--rename 'DOB'=date_of_birth" in done.err
    assert "=unemployed" not in done.err
    assert "=weapon" not in done.err
    told = run("suggest", source)
    assert "=date_of_birth" in told.out
    assert "unemployed" not in told.out
    assert "weapon" not in told.out
