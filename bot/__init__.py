"""Liaison: a Slack bot for the people who manage public contracts with delivery partners."""
