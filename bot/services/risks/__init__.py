"""The risk register: risks are raised, listed, reviewed, shared, escalated and closed."""
