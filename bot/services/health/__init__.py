"""How Liaison itself is doing: its jobs, its outbox, and whom to tell."""
