"""What people type about servers and what they are made of. The rules are those of the API's serializers."""

from guilds.forms.channels import CategoryForm, CategorySettingsForm, ChannelForm, ChannelSettingsForm, RulesForm
from guilds.forms.invites import InviteForm
from guilds.forms.members import BanForm, KickForm, NicknameForm, TimeoutForm
from guilds.forms.roles import NewRoleForm, RoleForm
from guilds.forms.servers import CertaintyForm, DefaultsForm, ServerForm, ServerSettingsForm

__all__ = [
    "BanForm",
    "CategoryForm",
    "CategorySettingsForm",
    "CertaintyForm",
    "ChannelForm",
    "ChannelSettingsForm",
    "DefaultsForm",
    "InviteForm",
    "KickForm",
    "NewRoleForm",
    "NicknameForm",
    "RoleForm",
    "RulesForm",
    "ServerForm",
    "ServerSettingsForm",
    "TimeoutForm",
]
