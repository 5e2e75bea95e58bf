"""Contracts: adding and changing them, their people, their channels and their history."""
