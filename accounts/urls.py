"""The addresses of the pages about accounts."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("register", views.register, name="register"),
    path("login", views.sign_in, name="login"),
    path("logout", views.sign_out, name="logout"),
    path("password/forgot", views.forgot_password, name="password_forgot"),
    path("password/reset/<str:token>", views.reset_password, name="password_reset"),
    path("password/change", views.change_password, name="password_change"),
    path("sessions", views.sessions, name="sessions"),
    path("sessions/<uuid:session_id>/revoke", views.revoke_session, name="session_revoke"),
    path("presence", views.choose_presence, name="presence"),
    path("theme", views.choose_theme, name="theme"),
]
