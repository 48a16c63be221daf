"""Instruments: tables become a score; none of them is known here by name."""
