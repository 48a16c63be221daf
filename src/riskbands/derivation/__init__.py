"""Derivation: from what was given to features, faults and issues, for one case or a block."""
