"""Pictures as SVG inside an HTML page: no link to elsewhere, text as text, colours of the page."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any, Final

from riskbands.display import html_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

__all__ = ["matplotlib_is_there", "svg"]

#: Stands for the colour of the page's text until the picture is written.
_INK: Final = "#123456"
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "riskbands",
    "text.usetex": False,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "font.family": "sans-serif",
    "font.size": 10.0,
}
_METADATA: Final = dict.fromkeys(("Date", "Creator", "Format", "Type"))


def matplotlib_is_there() -> bool:
    """Whether pictures can be drawn."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def svg(
    draw: Callable[[Axes], object],
    name: str,
    words: str,
    size: tuple[float, float] = (6.0, 4.2),
) -> str:
    """A picture as an ``svg`` element of an HTML page.

    Args:
        draw: Draws on axes.
        name: A prefix for the names of its parts, so that they differ from those of others.
        words: What the picture shows, for those who do not see it.
        size: In inches.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        params: Any = mpl.rcParams
        params.update(_STYLE)
        # a label in letters that this machine has no font for; the reader's browser may have one
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        draw(figure.add_subplot())
        written = io.StringIO()
        figure.savefig(written, format="svg", metadata=_METADATA)
    return _inline(written.getvalue(), name, words)


def _inline(text: str, name: str, words: str) -> str:
    """The element alone, with names of its own, that takes the room and the ink it is given."""
    text = text[text.index("<svg") :]
    opening, body = text[: text.index(">")], text[text.index(">") + 1 :]
    found = re.search(r'viewBox="[-\d. ]+"', opening)
    assert found is not None
    for unwanted in (r"<metadata>.*?</metadata>", r"<style.*?</style>", r"<!--.*?-->"):
        body = re.sub(unwanted, "", body, flags=re.DOTALL)
    body = re.sub(r"<[^>]*>", lambda tag: _own(tag[0], name), body)
    label = html_text(words)
    return f'<svg role="img" aria-label="{label}" {found[0]}>{body.strip()}'


def _own(tag: str, name: str) -> str:
    """A tag with names that start with the one of its picture, and the ink of the page."""
    tag = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', tag)
    tag = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{name}-\1"', tag)
    tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", tag)
    return tag.replace(_INK, "currentColor")
