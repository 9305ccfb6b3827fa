"""PostgreSQL on this machine without an installation: the server of a wheel, started, adopted and stopped by us.

``embedded.start(folder)`` gives a running cluster; ``binaries.py`` finds its programs, ``home.py`` its folder.
"""
