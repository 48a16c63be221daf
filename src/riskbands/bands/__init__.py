"""Bands: which score has which label, exactly; they know no predictor."""
