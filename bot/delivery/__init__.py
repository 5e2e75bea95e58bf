"""Every outgoing message is a row before it is a call: the outbox, words, and the adapter over the Slack SDK."""
