"""What administrators decide for the whole instance."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import InstanceSettings, RegistrationMode, User
from together import audit
from together.refusals import Forbidden


def current_settings() -> InstanceSettings:
    """What holds now."""
    settings, _made = InstanceSettings.objects.get_or_create(pk=1)
    return settings


def registration_mode() -> RegistrationMode:
    """Who may register here."""
    chosen = InstanceSettings.objects.values_list("registration_mode", flat=True).first()
    return RegistrationMode(chosen or RegistrationMode.OPEN)


def way_in() -> RegistrationMode:
    """What holds for whoever registers now: the first account ever is always let in."""
    return registration_mode() if User.objects.human().exists() else RegistrationMode.OPEN


@transaction.atomic
def update_settings(*, actor: User, registration_mode: RegistrationMode | str | None = None) -> InstanceSettings:
    """Change what holds for the instance; what is None stays. Only administrators."""
    if not actor.is_staff:
        raise Forbidden(_("Only an administrator of this instance may do that."))
    current_settings()
    settings = InstanceSettings.objects.select_for_update(no_key=True).get(pk=1)
    before = settings.registration_mode
    if registration_mode is None or registration_mode == before:
        return settings
    settings.registration_mode = RegistrationMode(registration_mode)
    settings.updated_by = actor
    settings.save(update_fields=["registration_mode", "updated_by", "updated_at"])
    after = {"registration_mode": settings.registration_mode}
    audit.record("settings_update", actor=actor, details=after, before={"registration_mode": before}, after=after)
    return settings
