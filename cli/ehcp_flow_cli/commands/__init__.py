"""One module a command or a group of commands: words to use cases, results to lines."""
