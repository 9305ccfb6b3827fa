"""Sites outside that the stories need, as small servers on this machine."""
