"""What falls due: the rules of when, and what is open for each kind of record."""
