"""A contract, partner, person or risk, from what somebody typed."""
