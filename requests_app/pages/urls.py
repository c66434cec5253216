"""The addresses of the guest's pages, and the way from the front door to the back office."""

from django.urls import path
from django.views.generic import RedirectView

from requests_app.pages import arrival, stay

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="front-door"),
    path("s/<str:token>", arrival.view, name="guest-arrival"),
    path("stay", stay.overview, name="guest-stay"),
    path("stay/<int:request_id>", stay.one, name="guest-request"),
    path("stay/<int:request_id>/cancel", stay.cancel, name="guest-cancel"),
]
