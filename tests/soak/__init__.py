"""`make soak`: attacks on the bot as it runs, in processes of its own over real databases, for some minutes."""
