"""Arithmetic: numbers and days, the same for one value and for an array; it knows no band."""
