"""Partners: their card, their people, their contracts, changes."""
