"""Escalations: started by a trigger, put to one person after another, answered, and settled."""
