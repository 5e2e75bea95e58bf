"""App Home: what waits for a person, how their contracts stand, what comes next; and when a page is drawn anew."""
