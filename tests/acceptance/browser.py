"""What a manager does in a browser in section 8 of docs/install.md: logs in, and makes the hotel `trial`."""

from __future__ import annotations

import html
import http.cookiejar
import re
import sys
import urllib.parse
import urllib.request

SITE = "https://bellhop.example"


class Browser:
    """Keeps cookies and fills in forms."""

    def __init__(self) -> None:
        jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def form(self, path: str) -> dict[str, str]:
        """Open a page and return its fields as they stand."""
        return fields(self._opener.open(SITE + path).read().decode())

    def send(self, path: str, values: dict[str, str]) -> tuple[str, str]:
        """Send a form; return where that leads, and the page."""
        origin = {"Referer": SITE + path, "Origin": SITE}
        body = urllib.parse.urlencode(values).encode()
        answer = self._opener.open(urllib.request.Request(SITE + path, body, origin))
        return answer.geturl(), answer.read().decode()


def fields(page: str) -> dict[str, str]:
    """Return what the fields of a page hold."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        held = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if "name" not in held or held.get("type") == "submit":
            continue
        if held.get("type") != "checkbox":
            found.setdefault(held["name"], html.unescape(held.get("value", "")))
        elif "checked" in tag:
            found[held["name"]] = "on"
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
        found[name] = chosen.group(1) if chosen else ""
    return found


def main(password: str) -> None:
    """Log in, make the hotel; leave with what was wrong."""
    browser = Browser()
    login = browser.form("/admin/login/")
    for name in login:
        login[name] = {"username": "admin", "password": password}.get(name.rpartition("-")[2], login[name])
    browser.send("/admin/login/?next=/admin/", login)
    path = "/admin/security/property/add/"
    house = browser.form(path) | {"slug": "trial", "name": "Trial house", "timezone": "Europe/Berlin"}
    address, page = browser.send(path, house | {"_save": "Save"})
    if address.endswith("/add/"):
        sys.exit("; ".join(re.findall(r"errorlist[^>]*>(.*?)</ul>", page, re.DOTALL)) or "it was not saved")


if __name__ == "__main__":
    main(sys.argv[1])
