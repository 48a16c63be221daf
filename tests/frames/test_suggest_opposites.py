"""No suggestion turns the meaning of a column round, and none takes a flag for a count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import riskbands as rb
from riskbands.vocabulary.fields import Field, Kind, all_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SCORED = [f for f in all_fields().values() if f.scored]
PREFIXES = ["un", "in", "im", "ir", "non", "dis", "de"]
WORDS = ["no", "not", "never", "without", "ex", *PREFIXES]
#: Of these a "no" at the beginning or the end says how many there are.
COUNTS = {
    "sanctions",
    "violent_sanctions",
    "contact_adult_sanctions",
    "contact_child_sanctions",
    "image_sanctions",
    "non_contact_sanctions",
    "out_of_court_disposals",
    "offence_free_months",
    "months_since_last_sanction",
}


def camel(words: Sequence[str]) -> str:
    return words[0].lower() + "".join(w.title() for w in words[1:])


SPELLINGS: dict[str, Callable[[Sequence[str]], str]] = {
    "snake": "_".join,
    "spaces": " ".join,
    "hyphens": "-".join,
    "camel": camel,
    "pascal": lambda words: "".join(w.title() for w in words),
    "title": lambda words: " ".join(words).title(),
    "sentence": lambda words: " ".join(words).capitalize(),
    "capitals": lambda words: "_".join(words).upper(),
}


def words_of(name: str) -> list[str]:
    """The words of ``snake_case`` or ``camelCase``."""
    parted = "".join(f"_{c}" if c.isupper() else c for c in name)
    return parted.lower().strip("_").split("_")


def denied(words: list[str], spelled: Callable[[Sequence[str]], str]) -> Iterator[str]:
    """Names with something that denies them before one word, or joined to it."""
    for place in range(len(words)):
        before, after = words[:place], words[place:]
        yield from (spelled([*before, word, *after]) for word in WORDS)
        for prefix in PREFIXES if len(after[0]) > 2 else ():  # none stands before "of" or "at"
            yield spelled([*before, prefix + after[0], *after[1:]])
            yield spelled([*before, f"{prefix}-{after[0]}", *after[1:]])


def suggested(labels: Iterator[str]) -> dict[str, str]:
    """What is suggested of each name by itself, for names that are not those of fields."""
    return {
        label: found.field
        for label in labels
        if label not in all_fields()
        for found in rb.suggest_columns([label]).values()
    }


def counted(f: Field, words: list[str], spelled: Callable[[Sequence[str]], str]) -> set[str]:
    """The names among them in which "no" stands for "number"."""
    before_of = [n for n, word in enumerate(words) if word == "of"]
    names = {spelled([*words[:n], "no", *words[n:]]) for n in {0, *before_of}}
    return names if f.name in COUNTS else set()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_field_has_the_name_that_denies_it(spelling: str) -> None:
    spelled = SPELLINGS[spelling]
    for f in SCORED:
        words = f.name.split("_")
        found = suggested(denied(words, spelled))
        assert found == dict.fromkeys(counted(f, words, spelled), f.name)


def test_no_field_has_the_api_name_that_denies_it() -> None:
    for f in SCORED:
        for name in f.hmpps_names:
            found = suggested(denied(words_of(name), camel))
            assert found.keys() <= counted(f, words_of(name), camel)


@pytest.mark.parametrize("label", ["{0} {1}", "Q{0}: {1}"])
def test_no_field_has_its_item_with_words_that_deny_it(label: str) -> None:
    numbered = [f for f in SCORED if rb.suggest_columns([f.oasys_item])]
    for f in numbered:

        def spelled(words: Sequence[str], item: str = f.oasys_item) -> str:
            return label.format(item, " ".join(words).capitalize())

        words = f.name.split("_")
        assert rb.suggest_columns([spelled(words)]).rename == {spelled(words): f.name}
        names = (n for n in denied(words, spelled) if "in" not in n.lower().split())
        assert suggested(names).keys() <= counted(f, words, spelled)
    assert len(numbered) > 50


@given(
    st.sampled_from(SCORED),
    st.lists(st.tuples(st.sampled_from(WORDS), st.integers(0, 9)), min_size=1, max_size=3),
    st.sampled_from(["_", " ", "-", ".", "  ", " - ", "/"]),
    st.sampled_from([str.lower, str.upper, str.title, str.capitalize]),
)
@example(all_fields()["no_fixed_abode"], [("no", 0)], "_", str.lower)
@example(all_fields()["weapon"], [("no", 0)], ".", str.capitalize)
def test_nothing_is_denied_several_times_over(
    f: Field, denials: list[tuple[str, int]], sign: str, write: Callable[[str], str]
) -> None:
    words = f.name.split("_")
    for word, place in denials:
        words.insert(place, word)
    if f.name in COUNTS and [word for word, _ in denials] == ["no"]:
        return
    assert f.name not in suggested(iter([write(sign.join(words))])).values()


@pytest.mark.parametrize(
    "label",
    [
        "Employed", "employed", "Fixed abode", "Has fixed abode", "fixed_abode", "No weapon",
        "No domestic abuse", "No sexual offence history", "No drug misuse", "No self harm",
        "No binge drinking", "No psychiatric treatment", "Recognises no impact",
        "MAPPA ineligible", "MAPPA in-eligible", "Noncustodial sentence", "Nonviolent sanctions",
        "Contact sanctions", "No contact sanctions", "No. weapon", "no of weapon", "!weapon",
        "¬ weapon", "нет weapon", "No release date", "weaponless", "stranger_victimless",
        "domestic_abusefree", "isn't unemployed", "no first sanction age", "No asset lifestyle",
        "2.2 No weapon", "2.2 Didn't involve a weapon", "2.6 Fails to recognise impact",
        "2.6 Denies impact", "2.6 Unrecognised impact", "3.3 Fixed abode", "3.3 Has fixed abode",
        "4.2 Employed", "4.2 In employment", "4.2 Not unemployed", "6.7 free of domestic abuse",
    ],
)  # fmt: skip
def test_opposites(label: str) -> None:
    assert len(rb.suggest_columns([label])) == 0


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("No of sanctions", "sanctions"),
        ("No. of sanctions", "sanctions"),
        ("Sanctions (no.)", "sanctions"),
        ("no_sanctions", "sanctions"),
        ("noSanctions", "sanctions"),
        ("No violent sanctions", "violent_sanctions"),
        ("1.40 No. of violent sanctions", "violent_sanctions"),
        ("1.40 No violent sanctions", "violent_sanctions"),
        ("No. of non-contact sanctions", "non_contact_sanctions"),
        ("noncontact_sanctions", "non_contact_sanctions"),
        ("No fixed abode", "no_fixed_abode"),
        ("Has no fixed abode", "no_fixed_abode"),
        ("no.fixed.abode", "no_fixed_abode"),
        ("3.3 Currently of no fixed abode", "no_fixed_abode"),
        ("un-employed", "unemployed"),
        ("4.2 Unemployed", "unemployed"),
        ("Weapon (Y/N)", "weapon"),
        ("2.2 Weapon (yes/no)", "weapon"),
        ("2.2 Did the offence involve a weapon", "weapon"),
        ("recognizes_impact", "recognises_impact"),
        ("unemploeyd", "unemployed"),
    ],
)
def test_the_same_meaning(label: str, field: str) -> None:
    assert rb.suggest_columns([label]).rename == {label: field}


def test_words_for_a_flag_are_of_yes_and_no_and_words_for_a_number_of_numbers() -> None:
    flags = ["flag", "ind", "yn", "has", "did", "is", "was"]
    numbers = ["cnt", "count", "n", "nbr", "num", "number", "total", "number_of"]
    for f in SCORED:
        for words, kind in ((flags, Kind.BOOL), (numbers, Kind.INT)):
            for word in words:
                for label in (f"{f.name}_{word}", f"{word}_{f.name}"):
                    wanted = {label: f.name} if f.kind is kind else {}
                    assert rb.suggest_columns([label]).rename == wanted
