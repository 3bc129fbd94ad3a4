"""Proof that the record was not changed."""
