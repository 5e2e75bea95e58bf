"""Reports and KPIs: asking for reports, receiving them, deciding on them, and the standing of contracts."""
