"""Data frames of scores that were asked for as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskbands.cohorts.provenance import CohortScores
from riskbands.cohorts.scorecolumns import ScoreColumn
from riskbands.errors import MissingExtraError, UnknownNameError, UnsupportedFrameError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

__all__ = ["LIBRARIES", "to_frame"]

#: Libraries that `to_frame` makes data frames of.
LIBRARIES = ("pandas", "polars", "arrow")


def to_frame(
    result: Mapping[str, Any], library: Literal["pandas", "polars", "arrow"] = "pandas"
) -> Any:
    """A data frame of the columns that `riskbands.score_cohort` returned for a mapping.

    The columns have the types that a data frame gets when it is scored itself: nullable integers
    for whole percents, an ordered categorical for bands.

    Args:
        result: What `score_cohort` returned. Columns may have been taken out of it.
        library: ``"pandas"``, ``"polars"`` or ``"arrow"``.

    Returns:
        A pandas data frame, a Polars data frame or an Arrow table.

    Raises:
        MissingExtraError: The library is not installed.
        UnknownNameError: There is no such library.
        UnsupportedFrameError: ``result`` is something else.

    Examples:
        >>> import riskbands as rb
        >>> scores = rb.score_cohort({"sex": ["male"], "sanctions": [4]}, ["ogrs3"])
        >>> to_frame(scores, "pandas").dtypes["ogrs3_2yr"]
        UInt8Dtype()
    """
    if library not in LIBRARIES:
        raise UnknownNameError("library", library, LIBRARIES)
    if not isinstance(result, CohortScores) or not result.keys() <= result.outputs.keys():
        raise UnsupportedFrameError(
            "to_frame takes what score_cohort returned for a mapping of columns, and no other "
            "columns: add those to the data frame"
        )
    columns = [ScoreColumn.of(result.outputs[name], values) for name, values in result.items()]
    try:
        if library == "pandas":
            from riskbands.cohorts.frames import _pandas as frames
        elif library == "polars":
            from riskbands.cohorts.frames import _polars as frames  # type: ignore[no-redef]
        else:
            from riskbands.cohorts.frames import _arrow as frames  # type: ignore[no-redef]
    except ImportError as error:
        name = "pyarrow" if library == "arrow" else library
        raise MissingExtraError(f"{name} is not installed: pip install {name}") from error
    return frames.of_scores(columns)
