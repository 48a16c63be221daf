"""Which fields a predictor needs, and which features cannot leave their domain."""

from __future__ import annotations

import numpy as np
import pytest

from riskbands.predictors import by_id
from riskbands.vocabulary.needs import derivable


@pytest.mark.parametrize("ident", by_id)
def test_a_field_is_needed_where_nothing_can_be_worked_out_without_it(ident: str) -> None:
    p = by_id[ident]
    usual = p.vocabulary.leaves_of(p.needed_features)
    without = {f: set(usual) - {f} for f in usual}
    needed = [f for f in usual if not derivable(p.vocabulary, p.needed_features, without[f])]
    assert list(p.needs.needed) == needed


@pytest.mark.parametrize("ident", by_id)
def test_what_cannot_leave_its_domain_stays_in_it(ident: str) -> None:
    """Of values from everywhere in the ranges of what it reads, the ends of them too."""
    vocabulary, r = by_id[ident].vocabulary, np.random.default_rng(5)
    contained = [f for f in vocabulary.features.values() if vocabulary.contained(f) is not None]
    assert len(contained) > 20
    for f in contained:
        for source in f.sources:
            values = []
            for item in source.inputs:
                low, high = vocabulary.range_of(item) or (0, 0)
                values.append(r.choice([low, high, *r.integers(low, high + 1, 3)], 300))
            found = np.asarray(source.derive(*values))
            if source.when is not None:
                found = found[np.broadcast_to(source.when(*values), found.shape)]
            assert f.low is not None
            assert f.high is not None
            assert ((found >= f.low) & (found <= f.high)).all(), f.name
