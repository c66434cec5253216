"""The admin site of this house, in place of Django's own (``INSTALLED_APPS``)."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Django's admin with our rule about who may enter."""

    default_site = "security.entrance.BackOffice"
