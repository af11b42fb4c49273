"""Every address: the API, Django admin, and each app's pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from together import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", include("together.api")),
    # Our own page ends the other sign-ins and limits attempts; Django's does neither.
    path("admin/password_change/", RedirectView.as_view(pattern_name="password_change")),
    # Nothing here has a page that admin could lead to.
    re_path(r"^admin/r/", views.not_found),
    path("admin/", admin.site.urls),
    path("metrics", views.measures),
    path("", views.home, name="home"),
    path("", include("accounts.urls")),
    path("", include("guilds.urls")),
    path("", include("chat.urls")),
]

handler400 = "together.views.bad_request"
handler403 = "together.views.forbidden"
handler404 = "together.views.not_found"
handler500 = "together.views.server_error"
