"""The contact log: entries, corrections, and messages taken into it."""
