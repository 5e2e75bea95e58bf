"""The risk register: raised, listed, reviewed, settled, escalated."""
