"""The health of Liaison itself: its jobs, its outbox, and alerts to the administrators."""
