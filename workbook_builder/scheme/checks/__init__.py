"""The checks of a scheme, by subject. Each is a generator over the tables; `check.CHECKS` is their order."""
