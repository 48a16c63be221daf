"""The vocabulary of a declaration: what it declares, and what it uses of the built-in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskbands.declare.people import IDENTIFIER
from riskbands.vocabulary.vocabulary import Vocabulary, built_in

if TYPE_CHECKING:
    from riskbands.declare.people import People

__all__ = ["vocabulary_of"]


def vocabulary_of(people: People) -> Vocabulary:
    """What was declared, and what it uses of the built-in vocabulary.

    Raises:
        TableError: The declaration has faults.
    """
    library = built_in()
    fields: dict[str, None] = {}
    features: dict[str, None] = {}
    own = {n: f for n, f in people.reads.items() if n not in library.features}
    people.used |= {n: None for n in people.reads if n not in own}
    todo = [name for name in people.used if name not in people.fields]
    seen = set(todo)
    while todo:
        name = todo.pop()
        declared = library.features.get(name)
        if name in library.fields and (declared is None or declared not in library.declared):
            fields[name] = None
            continue
        features[name] = None
        for source in library.features[name].sources:
            for item in (*source.inputs, *source.absent):
                plain = item.removeprefix(".")
                if item[0] == ".":
                    fields[plain] = None
                elif plain not in seen:
                    seen.add(plain)
                    todo.append(plain)
    clash = [n for n in people.fields if n in fields and library.fields[n] != people.fields[n]]
    clash += [n for n in people.features if n in features]
    for name in clash:
        people.faults.add(
            ("field", name),
            f"{name} is built in and a built-in feature comes from it: leave it out here",
        )
    people.faults.check()
    fields[IDENTIFIER] = None
    chosen = [f for n, f in library.fields.items() if n in fields and n not in people.fields]
    derived = [f for f in library.declared if f.name in features]
    made = (*derived, *own.values(), *people.features.values())
    return Vocabulary((*people.fields.values(), *chosen), made)
