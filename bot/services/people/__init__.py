"""The people who use Liaison: what they are, leave, newcomers, setting up."""
