"""Shortfalls and what puts them right: rectification plans, from the concern to the cure or failure."""
