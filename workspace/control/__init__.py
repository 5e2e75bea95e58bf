"""Orders to the workspace itself, from a test or from its page: faults, the clock, an administrator's acts."""
