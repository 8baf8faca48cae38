"""Synthetic twins: made indicator records of a study, calibrated to its published figures."""
