"""Words and numbers as people read them, in Indonesian and English."""
