"""Partners: adding and changing them, and their people."""
