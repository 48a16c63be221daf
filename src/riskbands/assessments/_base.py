"""What every assessment has: fields of the vocabulary, parts, JSON, scores and sign-offs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

import attrs

from riskbands._byfields import ByFields
from riskbands._digest import digest as content_digest
from riskbands._redact import place_of
from riskbands.assessments import _kinds  # noqa: TC001 - for whoever reads the annotations
from riskbands.assessments._inputs import Faulty, check_on_issue, reader
from riskbands.assessments._parts import (
    as_written,
    lies_before,
    moment,
    not_before,
    one_instant,
    parts,
    plain,
    refuse,
)
from riskbands.derivation.written import CaseDerivation
from riskbands.display import facts_html
from riskbands.errors import InputError, InputErrorGroup, Issue, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskbands._options import FormName
    from riskbands.assessments._parts import When
    from riskbands.assessments.judgement import Judgement
    from riskbands.assessments.signoff import SignOff
    from riskbands.assessments.summary import Table
    from riskbands.derivation.derive import Derivation
    from riskbands.instruments.score import Score

__all__ = ["Record"]

R = TypeVar("R", bound="Record")

#: What the dictionary of an assessment has beside its fields and parts.
_BESIDE: Final = ("faults", "sign_offs")


@cache
def _known_names(cls: type[Record]) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the fields; and of all that ``from_dict`` takes."""
    names = frozenset(cls._names)
    return names, names | {*cls._parts, *_BESIDE}


@attrs.frozen(slots=False, kw_only=True, eq=False, repr=False)
class Record(ByFields):
    """An assessment, checked and immutable.

    Attributes:
        faults: Values that could not be read, kept aside by ``from_dict(..., on_issue="keep")``;
            those fields hold None.
        sign_offs: Every sign-off so far, in order; `signed_off` tells which are in force.
    """

    #: Fields of the vocabulary, in order.
    _names: ClassVar[tuple[str, ...]]
    #: Other attributes that are written to JSON.
    _parts: ClassVar[tuple[str, ...]] = ()
    #: What a sign-off can cover.
    sign_off_parts: ClassVar[tuple[str, ...]] = ("assessment",)

    faults: tuple[Issue, ...] = ()
    sign_offs: tuple[_kinds.SignOff, ...] = parts("SignOff")

    def __attrs_post_init__(self) -> None:
        if Faulty in set(map(type, vars(self).values())):
            unread = [v for name in self._names if isinstance(v := getattr(self, name), Faulty)]
            problems = [value.issue for value in unread]
            problems += self._broken_beside(problems)
            raise InputErrorGroup.of("the assessment has values that cannot be read", problems)
        broken = [issue for issue in self._broken_rules() if issue not in self.faults]
        if broken:
            raise InputErrorGroup.of("the assessment has values that do not go together", broken)

    def _broken_beside(self, problems: Iterable[Issue]) -> Iterable[Issue]:
        """The rules that are broken by the values that can be read."""
        unread: dict[str, Any] = {
            name: None for name in self._names if isinstance(getattr(self, name), Faulty)
        }
        try:
            attrs.evolve(self, **unread, faults=(*self.faults, *problems))
        except InputErrorGroup as rules:
            return rules.issues
        return ()

    def _broken_rules(self) -> Iterable[Issue]:
        """What is wrong with the fields and parts taken together."""
        return ()

    def _more(self) -> Mapping[str, Any]:
        """Values of fields that are not given themselves but that a part answers."""
        return {}

    def _given(self) -> list[str]:
        """Names of what is given; the values are in no text of the assessment."""
        given = [name for name in self._names if getattr(self, name) is not None]
        return given + [name for name in self._parts if getattr(self, name) not in (None, ())]

    def __repr__(self) -> str:
        given = self._given()
        return f"<{type(self).__name__} with {len(given)} fields: {', '.join(given)}>"

    def _repr_html_(self) -> str:
        rows = [(name, "given") for name in self._given()]
        return facts_html(type(self).__name__, rows, "Values are not shown.")

    def __getstate__(self) -> dict[str, Any]:
        """The assessment without its features, which a copy or another process derives anew."""
        return {name: value for name, value in self.__dict__.items() if name != "derivation"}

    @property
    def derivation(self) -> Derivation:
        """Features of the case, each worked out once and kept."""
        kept: Derivation | None = self.__dict__.get("derivation")
        return self.__dict__.setdefault("derivation", self._derived()) if kept is None else kept

    def _derived(self) -> Derivation:
        values = vars(self)
        if more := self._more():
            values = {**values, **{k: v for k, v in more.items() if values.get(k) is None}}
        return CaseDerivation(values, self.faults)

    def scores(self, *, form: FormName = "auto") -> dict[str, Score]:
        """Scores of every predictor that has its inputs, by id; see `riskbands.score`.

        Args:
            form: As for `riskbands.Predictor.score`.
        """
        from riskbands.assessments.scoring import score

        return score(self, form=form)

    # -- plain data --------------------------------------------------------------------------

    @classmethod
    def from_dict(cls: type[R], data: Mapping[str, Any], *, on_issue: str = "raise") -> R:
        """An assessment from field names and raw values, e.g. a JSON object or a CSV row.

        Args:
            data: Raw values by field name; parts such as sections or judgements as
                `to_dict` writes them; and ``faults``, what was set aside when they were written.
            on_issue: ``"raise"``, or ``"keep"`` to set values that cannot be read aside in
                ``faults``: the predictors that need them then report them as issues, the others
                score. It concerns fields; parts must be as they should.

        Raises:
            InputErrorGroup: Values that cannot be read (with ``"keep"`` only those of parts); all
                of them together.
            InputError: ``data`` is no mapping; or a field of one of its ``faults`` has a value.
            UnknownNameError: A key is no field; near names are suggested.
        """
        check_on_issue(on_issue)
        if not isinstance(data, Mapping):
            raise refuse("malformed", (), f"{cls.__name__} is read from a mapping of its fields")
        names, known = _known_names(cast("Any", cls))
        for name in data:
            if name not in known:
                listed = (*cls._names, *cls._parts, *_BESIDE)
                raise UnknownNameError("field", str(name), listed, place=place_of(name, data))
        aside: tuple[Issue, ...] = ()
        if "faults" in data:
            from riskbands.assessments._faults import read_faults, still_hold

            aside = read_faults(data["faults"], cls._names)
        read = {k: reader(k)(raw) for k, raw in data.items() if k in names}
        faults = tuple(v.issue for v in read.values() if isinstance(v, Faulty))
        unusable: list[Issue] = []
        for k in [k for k in data if k not in read and k != "faults"]:
            convert = getattr(attrs.fields(cls), k).converter
            try:
                read[k] = convert(data[k]) if convert else data[k]
            except InputError as error:
                unusable.append(error.issue)
            except InputErrorGroup as group:
                unusable += group.issues
        if unusable:
            what = "the assessment has values that cannot be read"
            raise InputErrorGroup.of(what, (*faults, *unusable))
        if on_issue == "raise":
            given = {k: data[k] if isinstance(v, Faulty) else v for k, v in read.items()}
            case = cls(**given, faults=aside)
        else:
            kept: dict[str, Any] = {
                k: None if isinstance(v, Faulty) else v for k, v in read.items()
            }
            faults = (*aside, *faults)
            try:
                case = cls(**kept, faults=faults)
            except InputErrorGroup as rules:
                if not all(set(issue.fields) <= names for issue in rules.issues):
                    raise
                case = cls(**kept, faults=(*faults, *rules.issues))
        if aside:
            aside = still_hold(aside, read, case._broken_rules())
            case = attrs.evolve(case, faults=(*aside, *case.faults[len(aside) :]))
        return case

    def to_dict(self) -> dict[str, Any]:
        """What is given, as plain JSON values; `from_dict` reads it back.

        A value that could not be read is not among them. That it could not be is, under
        ``faults``: its code, its fields and a sentence.
        """
        found = self._content(as_written)
        if self.faults:
            from riskbands.assessments._faults import plain_faults

            found["faults"] = plain_faults(self.faults)
        if self.sign_offs:
            found["sign_offs"] = [s.to_dict() for s in self.sign_offs]
        return found

    def _content(self, when: When) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self._names:
            value = getattr(self, name)
            if value is not None:
                found[name] = value.isoformat() if isinstance(value, dt.date) else value
        for name in self._parts:
            value = getattr(self, name)
            if isinstance(value, tuple):
                if value:
                    found[name] = [plain(part, when) for part in value]
            elif value is not None:
                found[name] = plain(value, when)
        return found

    # -- sign-off ----------------------------------------------------------------------------

    @cached_property
    def digest(self) -> str:
        """Digest of everything that is recorded, except the sign-offs.

        One instant has one digest, in whatever zone it is written.
        """
        return self._digest(one_instant)

    def _digest(self, when: When) -> str:
        content = self._content(when)
        if self.faults:
            from riskbands.assessments._faults import plain_faults

            content["faults"] = plain_faults(self.faults, messages=False)
        return content_digest(content)

    @property
    def signed_off(self) -> tuple[str, ...]:
        """The parts whose sign-off is in force: nothing has been edited or judged since."""
        covered = {p for s in self.sign_offs if self._signed_by(s) for p in s.covers}
        return tuple(p for p in self.sign_off_parts if p in covered)

    def _signed_by(self, signed: SignOff) -> bool:
        """Whether a sign-off is of what is recorded, and not before something that is."""
        if signed.digest not in (self.digest, self._digest(as_written)):
            return False
        return not any(lies_before(signed.at, made) for made in self._moments())

    def _moments(self) -> Iterator[dt.datetime]:
        """When the judgements were made and countersigned."""
        for judgement in self._judged():
            yield from judgement._moments()

    @property
    def awaiting_sign_off(self) -> tuple[str, ...]:
        """The parts without a sign-off in force."""
        signed = self.signed_off
        return tuple(p for p in self.sign_off_parts if p not in signed)

    def _sign_offs_table(self) -> Table:
        from riskbands.assessments.summary import Table

        signed = self.signed_off
        rows = (
            (name.replace("_", " "), "in force" if name in signed else "needed")
            for name in self.sign_off_parts
        )
        return Table("Sign-off", ("part", "sign-off"), tuple(rows))

    def sign_off(self: R, *, by: str, at: Any, covers: Iterable[str] | str | None = None) -> R:
        """This assessment with one more sign-off.

        Args:
            by: Who signs: an id of the caller's own system, never a name.
            at: When, not before an earlier sign-off, nor before a judgement that is signed.
            covers: Some of `sign_off_parts`; by default all.

        Raises:
            InputErrorGroup: The assessment holds values that could not be read.
            InputError: ``by`` or ``at`` will not do.
            UnknownNameError: A part cannot be signed here.
        """
        from riskbands.assessments.signoff import SignOff

        if self.faults:
            raise InputErrorGroup.of("the assessment cannot be signed off", self.faults)
        covers = self.sign_off_parts if covers is None else covers
        chosen = (covers,) if isinstance(covers, str) else tuple(covers)
        if not chosen:
            raise refuse("missing", ("covers",), "a sign-off covers at least one part")
        for name in chosen:
            if name not in self.sign_off_parts:
                raise UnknownNameError("part to sign off", name, self.sign_off_parts)
        if self.sign_offs:
            not_before(moment(at), self.sign_offs[-1].at, "an earlier sign-off")
        if any(lies_before(moment(at), made) for made in self._moments()):
            message = "at must not lie before a judgement of the assessment or a countersignature"
            raise refuse("out_of_range", ("at",), message)
        signed = SignOff(by=by, at=at, covers=chosen, digest=self.digest)
        return attrs.evolve(self, sign_offs=(*self.sign_offs, signed))

    def edit(self: R, **changes: Any) -> R:
        """A copy with some fields or parts changed; sign-offs stay on record but not in force.

        Raises:
            InputErrorGroup: Values that cannot be read.
            InputError: A judgement would be lost; `Judgement.revise` keeps it.
            UnknownNameError: A name is no field.
        """
        known = (*self._names, *self._parts)
        for name in changes:
            if name not in known:
                raise UnknownNameError("field", name, known)
        kept = tuple(f for f in self.faults if not set(f.fields) & set(changes))
        edited = attrs.evolve(self, **changes, faults=kept)
        mended = set(self._broken_rules()) - set(edited._broken_rules())
        if mended & set(kept):
            edited = attrs.evolve(edited, faults=tuple(f for f in kept if f not in mended))
        now = edited._judged()
        for earlier in self._judged():
            if not any(j.keeps(earlier) for j in now):
                from riskbands.assessments.judgement import known_about

                about = known_about(earlier.about)
                raise refuse(
                    "history_lost",
                    (about,) if about else (),
                    f"{about or 'something'}: judged already; revise() keeps the earlier judgement",
                )
        return edited

    def _judged(self) -> tuple[Judgement, ...]:
        judgements: tuple[Judgement, ...] = getattr(self, "judgements", ())
        return judgements
