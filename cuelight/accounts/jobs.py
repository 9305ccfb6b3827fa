"""Jobs of people and studios."""
