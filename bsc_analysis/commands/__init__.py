"""The subcommands of ``bsc``: each reads its arguments, calls what does the work, and prints."""
