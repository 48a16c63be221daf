"""Pictures with Matplotlib, which is loaded when one is drawn.

The two colours are of Okabe and Ito (2008): people who are colour-blind tell them apart, and both
stand out from a white page and from a black one. Nothing is told by colour alone: markers, lines
and hatches differ too. Ink and background are those of the style that is set, so a dark style
gives a dark picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskbands.errors import missing_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["BLUE", "GREY", "RED", "axes_of", "ink", "plain"]

BLUE: Final = "#0072B2"
RED: Final = "#D55E00"
#: Between white and black; shades of it are told apart by how dense they are.
GREY: Final = "#808080"
_LONGEST: Final = 32


def axes_of(ax: Axes | None, size: tuple[float, float] = (6.4, 4.4)) -> Axes:
    """The axes that were given, or those of a new figure.

    Args:
        ax: Axes, or None.
        size: Of a new figure, in inches.

    Raises:
        MissingExtraError: Matplotlib is not installed.
    """
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot as plt
    except ImportError as error:
        raise missing_extra("pictures need", "plot") from error
    found: Any = plt.subplots(figsize=size, layout="constrained")[1]
    return found  # type: ignore[no-any-return]


def ink(ax: Axes) -> Any:
    """The colour of the frame of axes, which the style in use chose."""
    return ax.spines["left"].get_edgecolor()


def plain(text: str, longest: int = _LONGEST) -> str:
    """A label that Matplotlib takes as it stands: not as mathematics, and not too long."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    if len(shown) > longest:
        shown = f"{shown[: longest - 1]}…"
    return shown.replace("$", r"\$")
