"""The workspace from a test: serve it, be a person in it, order faults."""
