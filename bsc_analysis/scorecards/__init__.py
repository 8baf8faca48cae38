"""From indicator records to perspective and organisation scores, under a versioned rule set."""
