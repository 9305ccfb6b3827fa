"""The installation as a whole: its processes, its command line, its settings."""
