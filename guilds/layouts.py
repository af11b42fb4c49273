"""What a new server may start with: the built-in templates of the wire."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guilds.models import Channel, ChannelType, Server


class TemplateCategory(models.TextChoices):
    GAMING = "gaming", gettext_lazy("gaming")
    COMMUNITY = "community", gettext_lazy("community")
    STUDY = "study", gettext_lazy("study")
    CUSTOM = "custom", gettext_lazy("custom")


@dataclass(frozen=True)
class TemplateChannel:
    name: str
    type: ChannelType
    category: str
    position: int


@dataclass(frozen=True)
class Template:
    """A set of channels to begin with."""

    id: uuid.UUID
    name: str
    description: str
    category: TemplateCategory
    channels: tuple[TemplateChannel, ...]
    is_builtin: bool = True
    created_at: datetime = datetime(2026, 11, 1, tzinfo=UTC)


def templates() -> list[Template]:
    """All there are, the built-in ones first, then by name, in the language of whoever asks."""
    information, text, voice = _("Information"), _("Text Channels"), _("Voice Channels")
    gaming = [
        (information, "announcements"),
        (text, "general"),
        (text, "gaming-chat"),
        (voice, "General"),
        (voice, "Gaming"),
    ]
    community = [
        (information, "announcements"),
        (information, "rules"),
        (text, "general"),
        (text, "off-topic"),
        (voice, "General"),
    ]
    study = [
        (information, "announcements"),
        (text, "resources"),
        (text, "homework-help"),
        (voice, "Study Room"),
    ]

    def template(
        number: int, name: str, description: str, kind: TemplateCategory, rooms: list[tuple[str, str]]
    ) -> Template:
        made = tuple(
            TemplateChannel(room, ChannelType.VOICE if group == voice else ChannelType.TEXT, group, position)
            for position, (group, room) in enumerate(rooms)
        )
        return Template(uuid.UUID(f"00000000-0000-4000-8000-{number:012d}"), name, description, kind, made)

    found = [
        template(
            1,
            _("Gaming"),
            _("News, talk and two voice channels for people who play together."),
            TemplateCategory.GAMING,
            gaming,
        ),
        template(
            2,
            _("Community"),
            _("Announcements, rules and room to talk, for a club or friends."),
            TemplateCategory.COMMUNITY,
            community,
        ),
        template(
            3,
            _("Study Group"),
            _("Resources, questions and a quiet room, for people who learn together."),
            TemplateCategory.STUDY,
            study,
        ),
    ]
    return sorted(found, key=lambda one: (not one.is_builtin, one.name))


def find_template(template_id: uuid.UUID) -> Template | None:
    return next((one for one in templates() if one.id == template_id), None)


def lay_out(server: Server, template: Template) -> None:
    """Fill a new server with the channels of a template."""
    categories: dict[str, Channel] = {}
    for room in template.channels:
        if room.category not in categories:
            categories[room.category] = Channel.objects.create(
                server=server, name=room.category, type=ChannelType.CATEGORY, position=len(categories)
            )
        Channel.objects.create(
            server=server,
            parent=categories[room.category],
            inherits=True,
            name=room.name,
            type=room.type,
            position=room.position,
        )
