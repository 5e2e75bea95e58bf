"""Reminders: reminding people of what falls due, in one message for each person and day, and what they answer."""
