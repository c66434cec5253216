"""The paths of this app's doors."""

from django.urls import path

from security import reports, views

urlpatterns = [
    path("api/auth/login", views.LoginView.as_view(), name="login"),
    path("api/auth/logout", views.LogoutView.as_view(), name="logout"),
    path("api/auth/sessions", views.SessionsView.as_view(), name="sessions"),
    path("api/auth/sessions/<str:session_id>", views.SessionView.as_view(), name="session"),
    path("api/auth/logout-all", views.LogoutAllView.as_view(), name="logout-all"),
    path("api/auth/password", views.OwnPasswordView.as_view(), name="own-password"),
    path("api/auth/me", views.MeView.as_view(), name="me"),
    path("api/csp-report", reports.receive, name="csp-report"),
    path("api/ws-ticket", views.TicketView.as_view(), name="ws-ticket"),
    path("api/member", views.MembersView.as_view(), name="members"),
    path("api/member/<str:username>", views.MemberView.as_view(), name="member"),
    path("api/member/<str:username>/logout", views.MemberLogoutView.as_view(), name="member-logout"),
    path("api/member/<str:username>/reset", views.PasswordView.as_view(), name="member-reset"),
]
