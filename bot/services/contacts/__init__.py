"""The contact log: entries, their corrections, and entries made from Slack messages."""
