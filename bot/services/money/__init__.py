"""Service credits: what each month earns, the proposals to the department, and what becomes of each credit."""
