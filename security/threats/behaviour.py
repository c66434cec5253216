"""What a call does, whatever it says: scanners, probes, guessing, hammering."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from security.threats.scoring import Finding, Reason

_SCANNERS = re.compile(
    r"sqlmap|nikto|wapiti|nmap|masscan|zgrab|acunetix|nessus|openvas|arachni|w3af|skipfish|dirbuster|gobuster"
    r"|feroxbuster|ffuf|wfuzz|wpscan|nuclei|hydra|havij|netsparker|qualys|burpsuite|burp collaborator|whatweb"
    r"|jorgee|zmeu|paros|fimap|commix|xsstrike|dirb\b|zaproxy|owasp zap|libwww-perl|morfeus|muieblackcat"
)
_SCRIPTED = re.compile(
    r"^(?:$|python|curl|wget|go-http-client|java/|okhttp|httpx|aiohttp|libcurl|ruby|perl|php)|headless|phantomjs|selenium"
)
_PROBES = re.compile(
    r"/\.(?:env|git|svn|hg|aws|ssh|htaccess|htpasswd|vscode|ds_store)|/wp-(?:admin|login|content|includes|config)"
    r"|\.(?:php\d?|aspx?|jsp|cgi|bak|sql|swp|old)(?:/|$)|/(?:phpmyadmin|pma|mysql|adminer|cgi-bin|xmlrpc|actuator|solr"
    r"|jenkins|manager/html|web-inf|server-status|hudson|boaform|hnap1|owa|autodiscover|telescope|_profiler|console"
    r"|vendor/phpunit|geoserver|struts|druid|etc/passwd|druid|nacos)(?:/|$)"
)

SCANNER_POINTS = 20.0
PROBE_POINTS = 10.0
AUTOMATION_POINTS = 1.0
HAMMERING_POINTS = 0.2
ENUMERATION_POINTS = 2.0
MISSES_FORGIVEN = 20
STUFFING_POINTS = 8.0
NAMES_FORGIVEN = 4


@dataclass(frozen=True, slots=True)
class Call:
    """What of a call counts, once it is answered.

    ``misses`` is how many different things its source asked for lately that are not there.
    """

    path: str
    user_agent: str
    status: int
    is_known: bool = False
    misses: int = 0


def conduct(call: Call) -> list[Finding]:
    """Return the reasons a call gives by what it does."""
    found = []
    if names_a_scanner(call.user_agent):
        found.append(Finding(Reason.SCANNER, SCANNER_POINTS))
    if call.status == 404 and _PROBES.search(call.path.lower()[:500]):
        found.append(Finding(Reason.PROBE, PROBE_POINTS))
        if not call.is_known and is_scripted(call.user_agent):
            found.append(Finding(Reason.AUTOMATION, AUTOMATION_POINTS))
    if call.status == 404 and call.misses > MISSES_FORGIVEN:
        found.append(Finding(Reason.ENUMERATION, ENUMERATION_POINTS))
    if call.status == 429:
        found.append(Finding(Reason.HAMMERING, HAMMERING_POINTS))
    return found


def failed_login(names_tried: int) -> list[Finding]:
    """Return what a wrong password gives away, after so many different names from one source."""
    if names_tried <= NAMES_FORGIVEN:
        return []
    return [Finding(Reason.STUFFING, STUFFING_POINTS)]


@lru_cache(maxsize=512)
def names_a_scanner(user_agent: str) -> bool:
    """Say whether a client calls itself what only scanners do."""
    return _SCANNERS.search(user_agent.lower()[:300]) is not None


@lru_cache(maxsize=512)
def is_scripted(user_agent: str) -> bool:
    """Say whether a client is a program rather than a browser; many honest ones are."""
    return _SCRIPTED.search(user_agent.lower()[:300]) is not None
