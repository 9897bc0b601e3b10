"""What speaks an outsider's language: a folder for each. `files` reads and writes the tables that people send."""
