"""One folder per platform, and which there are. To add one, copy the nearest folder and add its line below."""
