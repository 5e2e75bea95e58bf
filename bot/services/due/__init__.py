"""What falls due: the rules for when, and the open items of each kind of record."""
