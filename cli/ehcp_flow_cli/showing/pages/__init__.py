"""Pages to read in a browser and to print, each one file that asks the network for nothing."""
