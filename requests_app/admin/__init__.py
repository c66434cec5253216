"""The back office: what the staff work with all day, on Django's admin.

``requests`` is the list and the page of one request, ``stays`` checks guests in and out,
``catalogue`` holds what managers set: services, minutes, alarm words.
"""

from django.contrib import admin

from requests_app.admin.catalogue import HouseRulesAdmin, ServiceTypeAdmin
from requests_app.admin.requests import RequestAdmin
from requests_app.admin.stays import StayAdmin
from requests_app.models import GuestRequest, HouseRules, ServiceType, Stay

admin.site.register(GuestRequest, RequestAdmin)
admin.site.register(Stay, StayAdmin)
admin.site.register(ServiceType, ServiceTypeAdmin)
admin.site.register(HouseRules, HouseRulesAdmin)
