"""Scorecards: terms and numbers become tables, and say what each factor added."""
