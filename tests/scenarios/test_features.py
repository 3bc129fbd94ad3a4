"""Every scenario of every feature, on every store."""

from pytest_bdd import scenarios

scenarios(".")
