"""Evidence: which printed figures follow from the figures they depend on."""
