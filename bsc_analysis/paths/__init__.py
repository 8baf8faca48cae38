"""Path models between perspectives: what is stated, and what follows from coefficients."""
