"""What proves the audit trail: sealing it, verifying it, handing it out, and redacting an entry of it."""
