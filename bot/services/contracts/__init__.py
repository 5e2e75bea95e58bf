"""The register of contracts: one on a page, lists, changes, people, channels, dates, duties, history."""
