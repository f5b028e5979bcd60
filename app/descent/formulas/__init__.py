"""Formulas: text, checked, with exact derivatives, compiled for floats, arrays, arrays in place, and intervals."""
