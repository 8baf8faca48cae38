"""Tables, charts and diagrams that an author can put into a paper, each with a record of where it came from."""
