"""Escalations: found by their triggers, asked of one person after another, answered, and settled."""
