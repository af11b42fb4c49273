"""The suite hashes fast; what people's passwords get is pinned here."""

from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from accounts.hashers import ModestArgon2PasswordHasher


def test_passwords_are_kept_by_argon2id_with_19_mebibytes_2_passes_and_1_lane():
    hasher = ModestArgon2PasswordHasher()
    kept = hasher.encode("correct horse", hasher.salt())
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("correct horse", kept)
    assert not check_password("wrong horse", kept)


def test_in_production_it_is_the_only_hasher(settings):
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]
    assert settings.PASSWORD_HASHERS == ["accounts.hashers.ModestArgon2PasswordHasher"]
    assert isinstance(identify_hasher(make_password("correct horse")), ModestArgon2PasswordHasher)
