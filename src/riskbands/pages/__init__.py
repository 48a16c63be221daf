"""Pages of instruments: in Markdown for people, and the JSON Schema of a case for programs."""

from __future__ import annotations

from riskbands.pages._page import page
from riskbands.pages._schema import case_schema

__all__ = ["case_schema", "page"]
