"""Actions: who does what by when, agreed in contacts or added by themselves."""
