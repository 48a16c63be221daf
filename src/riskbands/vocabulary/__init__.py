"""Vocabulary: what may be said of a person, as fields and features; it knows no score."""
