"""Kernels that are broken on purpose, and whether the catalogue notices (ci/mutants)."""
