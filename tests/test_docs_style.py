"""The colours of the site can be read, and its style sheet is the one that is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STYLE = (ROOT / "docs" / "stylesheets" / "extra.css").read_text("utf-8")
#: What stands behind the text in the two schemes of the theme.
BEHIND = {"default": "#ffffff", "slate": "#1e2129"}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colour(block: str, variable: str) -> str:
    (body,) = re.findall(re.escape(block) + r" \{(.*?)\}", STYLE, re.DOTALL)
    (found,) = re.findall(re.escape(variable) + r": (#[0-9a-f]{6});", body)
    return str(found)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#009485", "#ffffff") == pytest.approx(3.76, abs=0.01)  # the theme's own teal


@pytest.mark.parametrize("scheme", BEHIND)
def test_links_can_be_read(scheme: str) -> None:
    link = colour(f'[data-md-color-scheme="{scheme}"]', "--md-typeset-a-color")
    assert contrast(link, BEHIND[scheme]) >= 4.5


def test_the_header_can_be_read() -> None:
    header = colour('[data-md-color-primary="teal"]', "--md-primary-fg-color")
    assert contrast(header, "#ffffff") >= 4.5


def test_the_site_uses_the_style_sheet() -> None:
    assert "extra_css:\n  - stylesheets/extra.css" in (ROOT / "mkdocs.yml").read_text("utf-8")
