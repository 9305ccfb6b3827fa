"""Cuelight: the studio software behind a live show."""
