"""Proofs of the mathematics, by table and by law."""
