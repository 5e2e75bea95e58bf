"""Sending messages to Slack: the outbox, the templates, and the adapter over the Slack SDK. Every outgoing message is
stored as a row before it is sent."""
