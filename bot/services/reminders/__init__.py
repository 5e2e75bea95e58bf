"""Reminders: one message a day for each person, about what falls due, and their answers to it."""
