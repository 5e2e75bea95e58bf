"""What falls due: one source for each kind of record, and the questions that everybody asks of all of them."""
