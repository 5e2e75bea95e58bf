"""Snapshots: the whole record in one SQLite file, taken from either database and restored into either.

A snapshot is the backup, the way back, and the move from SQLite to PostgreSQL and back. It has the rows of every table
at one instant, in columns that mean the same on both databases, without the constraints, indexes and triggers: those
are made by the migrations where it is restored. What it holds is listed in it, with digests (see manifest.py).
"""
