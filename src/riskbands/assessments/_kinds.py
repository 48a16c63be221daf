"""Types of the parts of an assessment, for annotations: each is loaded by whoever reads these."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from riskbands.assessments.judgement import Judgement
    from riskbands.assessments.rosh import Rosh
    from riskbands.assessments.san import SanSections
    from riskbands.assessments.sections import Sections
    from riskbands.assessments.signoff import SignOff

__all__ = ["Judgement", "Rosh", "SanSections", "Sections", "SignOff"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("riskbands.assessments"), name)
