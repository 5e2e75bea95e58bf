"""Actions: who does what by when, from contacts and from anywhere else."""
