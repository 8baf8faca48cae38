"""Intake: a file as it really is becomes observations and notes, or one report of all its faults."""
