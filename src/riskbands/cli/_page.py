"""``riskbands page``: an instrument as a page in Markdown, or the JSON Schema of its case."""

from __future__ import annotations

import json

from riskbands.cli import _terminal as terminal
from riskbands.cli._named import OptionError, known_predictor
from riskbands.errors import MissingTableError
from riskbands.pages import case_schema
from riskbands.pages import page as page_of

__all__ = ["write"]


def write(text: str, *, schema: bool) -> None:
    """Print the page.

    Args:
        text: The file of an instrument, or the id of a built-in one.
        schema: Print the JSON Schema of a case instead.

    Raises:
        RiskBandsError: There is none, or it has faults.
    """
    predictor = known_predictor(text)
    if schema:
        terminal.write(json.dumps(case_schema(predictor), ensure_ascii=False, indent=2) + "\n")
    else:
        try:
            found = page_of(predictor)
        except MissingTableError as error:  # this command takes no table: Python does
            raise OptionError(str(error)) from None
        terminal.write(found)
