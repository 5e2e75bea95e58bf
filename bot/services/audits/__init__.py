"""Visits and audits, their findings, and what each side does about them."""
