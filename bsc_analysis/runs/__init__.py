"""Runs: a study's notebooks executed headlessly into one folder, whole or not at all."""
