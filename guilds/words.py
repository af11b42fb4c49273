"""Permissions in words: what each flag lets one do, and why somebody has it or not."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guilds.permissions import Permission, Step

P = Permission


class Words(NamedTuple):
    """The name of a flag, and what it lets one do."""

    name: Promise
    lets: Promise


FLAGS: dict[Permission, Words] = {
    P.VIEW_CHANNEL: Words(_("See channels"), _("Find a channel in the list, and read what was said there.")),
    P.SEND_MESSAGES: Words(_("Write messages"), _("Post in text channels, and edit what one has posted.")),
    P.ATTACH_FILES: Words(_("Attach files"), _("Post pictures and other files.")),
    P.ADD_REACTIONS: Words(_("React"), _("Answer a message with an emoji.")),
    P.MENTION_EVERYONE: Words(_("Mention everyone"), _("Call everybody at once with @everyone.")),
    P.CONNECT_VOICE: Words(_("Join voice channels"), _("Enter a voice channel, and listen.")),
    P.SPEAK: Words(_("Speak"), _("Be heard in voice channels.")),
    P.CREATE_INVITES: Words(_("Invite people"), _("Make, see and revoke links that let people into the server.")),
    P.MANAGE_MESSAGES: Words(_("Manage messages"), _("Delete what others wrote, and write without waiting.")),
    P.MUTE_MEMBERS: Words(_("Time members out"), _("Stop somebody from writing for a while, and change nicknames.")),
    P.KICK_MEMBERS: Words(_("Kick members"), _("Remove somebody, who may come back.")),
    P.BAN_MEMBERS: Words(_("Ban members"), _("Remove somebody for good, see who is banned, and lift bans.")),
    P.MANAGE_CHANNELS: Words(_("Manage channels"), _("Make, change, sort and delete channels, and say who may what.")),
    P.MANAGE_ROLES: Words(_("Manage roles"), _("Make, change and hand out the roles below one's own.")),
    P.MANAGE_SERVER: Words(_("Manage the server"), _("Change the server's name and doors, and read the audit log.")),
    P.ADMINISTRATOR: Words(_("Administrator"), _("Everything, in every channel, whatever is denied there.")),
}

# How a step is put into words, by whether it gives or takes.
GIVEN: dict[Step, Promise] = {
    Step.OWNER: _("Who owns the server may do everything."),
    Step.DEFAULT: _("Everyone in this server may."),
    Step.ROLE: _("The role {role} allows it."),
    Step.ADMINISTRATOR: _("Administrators may do everything."),
    Step.CHANNEL_DEFAULT: _("Allowed to everyone in {place}."),
    Step.ROLE_OVERRIDE: _("Allowed to the role {role} in {place}."),
    Step.MEMBER_OVERRIDE: _("Allowed to this person in {place}."),
    Step.CONTENT: _("A category is seen with any channel in it."),
}
TAKEN: dict[Step, Promise] = {
    Step.DEFAULT: _("Not everyone in this server may, and none of the roles held allows it."),
    Step.CHANNEL_DEFAULT: _("Denied to everyone in {place}."),
    Step.ROLE_OVERRIDE: _("Denied to the role {role} in {place}."),
    Step.MEMBER_OVERRIDE: _("Denied to this person in {place}."),
    Step.TIMED_OUT: _("Timed out: reading is all that is left."),
    Step.NO_VIEW: _("Who does not see the channel can do nothing in it."),
    Step.CONTENT: _("No channel in this category is seen."),
}
