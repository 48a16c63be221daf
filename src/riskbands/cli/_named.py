"""What ``-p`` names: a built-in predictor by its id, or an instrument by its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.errors import RiskBandsError
from riskbands.predictors import by_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskbands.instruments.predictor import Predictor

__all__ = ["OptionError", "instruments", "known_predictor", "only"]


class OptionError(RiskBandsError, ValueError):
    """An option or argument cannot be used."""


def instruments(texts: Sequence[str]) -> dict[str, Predictor | str]:
    """What is to be scored, by id: instruments of files (``my.toml``), and ids of built-in ones.

    Raises:
        TableError: A file is no instrument; all its faults are named.
        OptionError: A file has the id of a built-in one, or of another file.
    """
    found: dict[str, Predictor | str] = {}
    for text in texts:
        if not text.endswith(".toml"):
            found.setdefault(text, text)
            continue
        from riskbands.declare import load_instrument

        made = load_instrument(text)
        if made.id in by_id or made.id in found:
            raise OptionError(f"-p: the instrument of a file has the id {made.id} of another one")
        found[made.id] = made
    return found


def only(texts: Sequence[str]) -> str:
    """The one predictor of a command that takes one.

    Raises:
        OptionError: There are several.
    """
    if len(texts) != 1:
        raise OptionError(f"this takes one --predictor, not {len(texts)}: run it once for each")
    return texts[0]


def known_predictor(text: str) -> Predictor:
    """The built-in predictor of an id, or the instrument of a file.

    Raises:
        UnknownNameError: There is none.
        TableError: The file is no instrument.
    """
    if text.endswith(".toml"):
        from riskbands.declare import load_instrument

        return load_instrument(text)
    return by_id[text]
