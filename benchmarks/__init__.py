"""Measurements: every figure beside another from the same run, because machines differ and are shared."""
