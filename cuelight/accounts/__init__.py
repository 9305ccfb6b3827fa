"""People and studios: who somebody is, and which roles they have where.

Words: a *person* signs in; a *studio* is the tenant that owns everything; a *membership* is one role of one
person in one studio. Roles: admin, producer, host, cataloger.
"""
