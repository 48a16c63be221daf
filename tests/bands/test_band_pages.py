"""The pages of the edge atlas are the tables' own, and their answers the library's."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from riskbands.bands.builtin import band_table, band_tables
from riskbands.errors import InputError
from scripts import make_band_pages

FOLDER = make_band_pages.FOLDER
PAGES = make_band_pages.pages()
HAND_WRITTEN = {"index.md", "files.md"}


def test_every_table_has_a_page() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == set(PAGES) | HAND_WRITTEN
    assert {f"{name}.md" for name in band_tables} <= set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name], "run: python -m scripts.make_band_pages"


@pytest.mark.parametrize("name", band_tables)
def test_the_answers_on_the_page_are_those_of_the_library(name: str) -> None:
    table = band_table(name)
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    answers = re.findall(r"^\| `(-?[0-9.e-]+)` \| ([^|]+) \|$", text, re.M)
    assert len(answers) >= 3 * (len(table.labels) - 1)
    given = set()
    for score, said in answers:
        if said.startswith("refused"):
            with pytest.raises(InputError):
                table.classify(float(score))
        else:
            assert table.classify(float(score)) == (None if said == "no band" else said)
        given.add(said)
    assert set(table.labels) <= given


@pytest.mark.parametrize("name", band_tables)
def test_the_picture_is_sound_and_can_be_read_aloud(name: str) -> None:
    table = band_table(name)
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    figure = ET.fromstring(re.search(r"<figure.*</figure>", text, re.S)[0])  # type: ignore[index]
    assert "\n\n" not in ET.tostring(figure, encoding="unicode")
    svg = figure.find("svg")
    assert svg is not None
    assert svg.attrib["role"] == "img"
    title, desc = svg.find("title"), svg.find("desc")
    assert title is not None
    assert desc is not None
    assert svg.attrib["aria-labelledby"] == f"{title.attrib['id']} {desc.attrib['id']}"
    assert all(label in str(desc.text) for label in table.labels)
    colours = {e.attrib.get(key) for e in svg.iter() for key in ("fill", "stroke")} - {None}
    assert colours <= {"currentColor", "none", "var(--md-default-bg-color, Canvas)"}
    circles = svg.findall("circle")
    spans = [*table.intervals, *(gap.interval for gap in table.gaps)]
    ends = [(i.closed.lower, i.lower) for i in spans] + [(i.closed.upper, i.upper) for i in spans]
    finite = [closed for closed, end in ends if end.is_finite()]
    filled = [circle.attrib["fill"] == "currentColor" for circle in circles]
    assert sorted(filled) == sorted(finite)


def test_pages_are_written_where_they_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from scripts import make_band_pages

    monkeypatch.setattr(make_band_pages, "FOLDER", tmp_path)
    make_band_pages.main()
    assert {path.name for path in tmp_path.iterdir()} == set(PAGES)
