"""The sample files of the demonstration: an invented school, Fernbank, in invented Marlshire."""
