"""Errors: one root, each also the nearest builtin; problems of input come together.

No message quotes a value of a person: it names the row, the field and the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from riskbands._byfields import ByFields
from riskbands._redact import may_show
from riskbands._version import DISTRIBUTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "BandError",
    "FrameError",
    "InputError",
    "InputErrorGroup",
    "Issue",
    "MissingExtraError",
    "MissingTableError",
    "ProvenanceError",
    "ReadingWarning",
    "RiskBandsError",
    "TableError",
    "UnknownNameError",
    "UnsupportedFrameError",
    "missing_extra",
]

#: A message lists all names where there are no more than these, and else a few.
_MOST_NAMES, _FEW_NAMES = 40, 8
#: What lists all of them, by what was looked for.
_LISTED = {
    "field": "; `riskbands fields` lists those of this library",
    "band table": "; `riskbands bands` lists them",
}


class RiskBandsError(Exception):
    """Root of every error this library raises on purpose."""


class TableError(RiskBandsError, ValueError):
    """A coefficient or band table is malformed or does not fit its predictor."""


class BandError(RiskBandsError, TypeError):
    """Two bands of different tables were ordered, or a value cannot be banded at all."""


class MissingTableError(RiskBandsError, LookupError):
    """A predictor whose numbers are not public was used without a table.

    Attributes:
        name: What the predictor is called.
        ident: Its id.
    """

    def __init__(self, name: str, ident: str) -> None:
        self.name, self.ident = name, ident
        super().__init__(
            self.told(
                f"with riskbands.{ident}.with_table('my-{ident}.toml')",
                f" (in Python riskbands.templates.template('{ident}'))",
            )
        )

    def __reduce__(self) -> Any:
        return type(self), (self.name, self.ident)

    def told(self, supplied: str, template: str = "") -> str:
        """What is wrong and what to do.

        Args:
            supplied: How a table is supplied.
            template: How its layout is had besides by the command.
        """
        return (
            f"{self.name} has no public coefficients and none are built in: supply those you "
            f"hold as a TOML file {supplied}; `riskbands tables --template {self.ident}`{template} "
            "writes the layout of the file, every entry explained"
        )


class MissingExtraError(RiskBandsError, ImportError):
    """A part of the library needs an optional extra that is not installed."""


class FrameError(RiskBandsError, ValueError):
    """A table cannot be scored as it is: its names clash, or none of its columns is known."""


class UnsupportedFrameError(RiskBandsError, TypeError):
    """The value is not a table of a library that this one knows."""


class ReadingWarning(UserWarning):
    """Something is worth knowing of how a column was read; said once, without any value of it."""


class ProvenanceError(RiskBandsError, LookupError):
    """A table does not say where its scores come from."""


def missing_extra(what: str, extra: str) -> MissingExtraError:
    """The error for a part of the library whose extra is not installed.

    Args:
        what: The part and its verb, such as ``data frames need``.
        extra: The name of the extra, such as ``dataframe``.

    Returns:
        The error, with how to install the extra.
    """
    return MissingExtraError(
        f"{what} the [{extra}] extra of {DISTRIBUTION}: in a checkout of the project run "
        f"pip install '.[{extra}]'"
    )


class UnknownNameError(RiskBandsError, KeyError):
    """A table, predictor, field or option is not known; the nearest names are suggested.

    Attributes:
        kind: What was looked for.
        name: What was given, or None where it does not read like a name: it may be somebody's data.
        place: Where it stood, such as ``key 12 of 40``, or empty; said where the name is not.
        advice: What more there is to do, or empty.
        known: The names there are.
        near: Those of them that were perhaps meant.
    """

    def __init__(
        self, kind: str, name: object, known: Iterable[str], *, place: str = "", advice: str = ""
    ) -> None:
        self.kind = kind
        self.place = place
        self.advice = advice
        self.known = tuple(known)
        self.name = name if isinstance(name, str) and may_show(name, self.known) else None
        word = name.lower() if isinstance(name, str) else ""
        import difflib

        self.near = tuple(difflib.get_close_matches(word, self.known, n=3, cutoff=0.5))
        super().__init__(kind, self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return (
            type(self),
            (self.kind, self.name, self.known),
            {
                "near": self.near,
                "place": self.place,
                "advice": self.advice,
            },
        )

    def __str__(self) -> str:
        few = self.known if len(self.known) <= _MOST_NAMES else self.known[:_FEW_NAMES]
        hint = f"known: {', '.join(few)}" if few else "there is none"
        if self.near:
            hint = f"did you mean {' or '.join(self.near)}?"
        elif len(few) < len(self.known):
            hint += f" and {len(self.known) - len(few)} more"
            hint += _LISTED.get(self.kind, "")
        if self.advice:
            hint = f"{self.advice}; {hint}"
        named = "of that name" if self.name is None else f"named {self.name!r}"
        where = f" ({self.place})" if self.place and self.name is None else ""
        return f"no {self.kind} {named}{where}; {hint}"


@attrs.frozen(eq=False, repr=False)
class Issue(ByFields):
    """One problem of one person's input: a stable code, the fields concerned, what to do.

    Attributes:
        code: Stable identifier of the rule, e.g. ``missing`` (see docs/issues.md).
        fields: Names of the fields concerned, in the vocabulary of `riskbands.fields`.
        message: One sentence: what is wrong and what to do. Never a personal value.
    """

    code: str
    fields: tuple[str, ...] = ()
    message: str = attrs.field(default="", eq=False)

    def __str__(self) -> str:
        """The compact form of cohort columns: ``code:field,field``."""
        return f"{self.code}:{','.join(self.fields)}" if self.fields else self.code


class InputError(RiskBandsError, ValueError):
    """One problem of input: the leaf of an `InputErrorGroup`."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        super().__init__(issue.message or str(issue))

    def __reduce__(self) -> tuple[type[InputError], tuple[Issue]]:
        return type(self), (self.issue,)

    @property
    def code(self) -> str:
        """Stable code of the rule that failed."""
        return self.issue.code

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields concerned."""
        return self.issue.fields


class InputErrorGroup(ExceptionGroup[InputError], RiskBandsError, ValueError):
    """Every problem of one case, together.

    ``except*`` works, and so does ``except ValueError``. ``issues`` has them as data. The message
    lists all of them, for ``str`` and a log show nothing else; so a traceback, which prints each
    member of a group below it, has each of them twice.
    """

    exceptions: tuple[InputError, ...]

    def __new__(cls, message: str, exceptions: Sequence[InputError]) -> InputErrorGroup:
        """Make the group; ``exceptions`` must not be empty."""
        return super().__new__(cls, message, exceptions)

    @classmethod
    def of(cls, what: str, issues: Iterable[Issue]) -> InputErrorGroup:
        """The group for ``issues``; ``what`` says what could not be done."""
        found = tuple(issues)
        lines = "; ".join(i.message or str(i) for i in found)
        return cls(f"{what}: {lines}", [InputError(i) for i in found])

    def derive(self, excs: Sequence[InputError]) -> InputErrorGroup:  # type: ignore[override]
        """Keep this class when ``except*`` splits the group."""
        return InputErrorGroup(self.message, excs)

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The problems as data."""
        return tuple(e.issue for e in self.exceptions)
