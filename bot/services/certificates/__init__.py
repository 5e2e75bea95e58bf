"""Certificates that partners must hold: the list, the evidence of each period, and the check of it."""
