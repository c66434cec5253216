"""Which door each path leads to; every app lists its own paths."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    *(
        path("", include(f"{app}.urls"))
        for app in ("requests_app", "security", "cluster")  # what is asked most is found first
        if find_spec(f"{app}.urls")
    ),
]

handler400 = "cluster.answers.bad_request"
handler403 = "cluster.answers.permission_denied"
handler404 = "cluster.answers.not_found"
handler500 = "cluster.answers.server_error"
