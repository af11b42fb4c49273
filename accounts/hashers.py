"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModestArgon2PasswordHasher(Argon2PasswordHasher):
    """argon2id with 19 MiB, 2 passes and 1 lane (OWASP's first choice); Django's default takes 100 MiB a login."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
