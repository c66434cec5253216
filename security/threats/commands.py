"""Signs of a path that climbs out of where it should stay, and of a shell's command."""

from __future__ import annotations

from security.threats.signs import HINT, LIKELY, SURE, sign, weigh

PATH_SIGNS = (
    sign(SURE, r"(?:^|[^.])\.{2,4}[\\/]{1,4}(?:\.{2,4}[\\/]{1,4}|[\w.-]{0,30}[\\/]{1,4}\.\.[\\/])", ".."),
    sign(LIKELY, r"(?:^|[\s/=\\\"'])\.\.[\\/]", ".."),
    sign(
        SURE,
        r"(?:^|[^\w])/?(?:etc/{1,3}(?:passwd|shadow|group|hosts|issue|motd|sudoers|crontab|ssh|apache|nginx|mysql|httpd|php|fstab|resolv)"
        r"|proc/(?:self|version|cpuinfo|\d{1,6}+/|cmdline|mounts|net)|var/(?:log|www|mail|lib|spool)/|root/\.|usr/local/(?:apache|etc|app)|dev/(?:tcp|null|random)|windows/system|home/\w{1,30}+/\.)",
        "etc",
        "proc",
        "var/",
        "root/",
        "usr/",
        "dev/",
        "windows/",
        "home/",
    ),
    sign(
        SURE,
        r"\b(?:boot\.ini|win\.ini|system\.ini|web\.config|web-inf|meta-inf|\.htaccess|\.htpasswd|wp-config\.php|id_rsa|authorized_keys|\.bash_history|\.git/(?:config|head)|\.env\b(?=\s?$)|\.ssh/|system32|winnt)|(?:^|[\\/])\.(?:env|git|ssh|aws)(?:[\\/]|$)|windows\\(?:win|system)",
        ".ini",
        ".config",
        "-inf",
        ".ht",
        "wp-",
        "id_rsa",
        "keys",
        ".bash",
        ".git",
        ".env",
        ".ssh",
        ".aws",
        "system32",
        "winnt",
        "windows",
    ),
    sign(
        SURE,
        r"\b(?:file|php|phar|expect|zip|gopher|dict|ldap|jar|netdoc|glob|ogg):/{2,3}[\w/.]|\bdata:;?base64",
        ":",
    ),
    sign(SURE, r"%00|%c0%a|%252e|%2e%2e", "%"),
    sign(SURE, r"(?:^|[^\w.:/])/{1,2}(?:etc|var|usr|opt|proc|root|s?bin|boot|sys)/[\w.]", "/"),
    sign(HINT, r"[\\/](?:etc|bin|root|passwd|shadow|conf|inetpub)\b"),
)

_PLAIN = (
    "whoami|ifconfig|ipconfig|wget|curl|nslookup|uname|netstat|powershell|cmd(?:\\.exe)?|bash|hostname|chmod|chown|"
    "printenv|systeminfo|tasklist|traceroute|tracert|crontab|lsof|nmap|tcpdump|netcat|ncat|phpinfo|passthru|"
    "getent|useradd|adduser|usermod|lynx|ftp|tftp|telnet|python[23]?|perl|ruby|php|gcc|dig|awk|sed|grep|egrep|mkdir|reg\\sadd|wmic|sysinfo"
)
_MIXED = (
    "cat|ls|id|type|echo|sleep|ping|dir|find|sort|more|less|head|tail|kill|touch|who|ps|nc|sh|rm|cp|mv|ln|w|env|set|pwd|"
    "net|del|copy|start|exit|eval|exec|sudo|su|ssh|scp|host|tac|nl|od|xxd|cd|ver|route|arp|export|read|test|time|history|last|mail|reboot|shutdown|system|timeout|help|printf|nohup|df|du|free|top|mount|date|vol|attrib|net\\suser"
)
# What stands behind a command and behind no English verb: an option, a path, a number, a variable.
_MACHINE = (
    r"(?:\s?(?:-{1,2}|/)[a-z0-9?]|\s?[\"']?[./~\\$%<>@][\w./~\\${<>%]|\s\d{1,6}+\s?(?:$|[;|&`\#)\"'])"
    r"|\s[a-z]:\\|\s\w{1,40}+\.(?:\w{2,4}\b)|\s\d{1,3}\.\d{1,3}\.|\s?[>|`]|\$\{?ifs)"
)

COMMAND_SIGNS = (
    sign(
        SURE,
        rf"(?:[;|&`(]|^)\s?(?:/(?:usr/)?s?bin/)?(?:{_PLAIN})\b(?=\s?$|\s?[;|&`)<>\"'\#]|{_MACHINE}|\shttp|\s\"|\s')",
    ),
    sign(SURE, rf"(?:[;|`&]|\$\()\s?(?:{_MIXED})\b{_MACHINE}", ";", "|", "`", "$(", "&"),
    sign(
        SURE,
        r"(?:[;|`]|\$\(|&&)\s?(?:id|ls|pwd|ps|env|dir|ver|w|set|sh|who|df|reboot|net\suser)\s?(?:$|[;|&`)\"'\#])",
        ";",
        "|",
        "`",
        "$(",
        "&&",
    ),
    sign(
        SURE,
        r"`\s?[a-z/.]{1,40}(?:\s[^`]{0,100})?`(?=\s?$|[;|&])|\$\(\s?[a-z/.]{2,30}+(?:\s[^()]{0,120})?\)",
        "`",
        "$(",
    ),
    sign(
        SURE,
        r"(?:^|[\s;|&`(\"'=])/(?:usr/(?:local/)?)?s?bin/[a-z]{2,12}|/dev/tcp/|\bcmd(?:\.exe)?\s/[ck]\b|\$\{?ifs\b|(?:%|\$)(?:systemroot|systemdrive|comspec)|\brm\s-(?:rf|fr|r)\b|\(\)\s?\{\s?:?;?\s?\}?;|/c\sping\b|\|\s?(?:sh|bash)\b",
        "bin/",
        "/dev/tcp/",
        "cmd",
        "ifs",
        "system",
        "comspec",
        "rm -",
        "()",
        "/c ping",
        "|sh",
        "| sh",
        "bash",
    ),
    sign(
        SURE,
        r"\b(?:system|exec|shell_exec|passthru|popen|proc_open|phpinfo|eval|base64_decode|runtime\.getruntime|processbuilder|os\.system|os\.popen|subprocess\.\w{1,20}+|__import__|require|file_get_contents|include|assert)\s?\(\s?(?:[\"'$)]|\w{1,20}+\()",
        "(",
    ),
    sign(
        LIKELY,
        r"(?:^|\s)(?:wget|curl)\s(?:-|https?:|ftp:)|(?:^|\s)nc\s-|\bping\s-[cnit]\s?\d|<!--\#(?:exec|include)|\bsleep\s\d{1,3}\s?(?:$|[;|&`])|\b(?:cat|ls|type|more)\s(?:-\w{1,4}|/)\w",
        "wget ",
        "curl ",
        "nc -",
        "ping -",
        "<!--",
        "sleep ",
        "cat ",
        "ls ",
        "type ",
        "more ",
    ),
    sign(HINT, r"[;|&`]\s?(?:$|[a-z/]{2,20}+\s-)", ";", "|", "&", "`"),
    sign(HINT, r"^\s?(?:;|\||&&|\|\||`|\$\()", ";", "|", "&", "`", "$("),
    sign(HINT, r"\|\|.{0,60}\|\||&&.{0,60}&&|\|\s?$", "||", "&&", "|"),
)


def path_weight(text: str) -> int:
    """Return what an unfolded text weighs as a path."""
    return weigh(PATH_SIGNS, text) if any(piece in text for piece in ("/", "\\", ".", "%")) else 0


def command_weight(text: str) -> int:
    """Return what an unfolded text weighs as a command."""
    has_place = any(piece in text for piece in (";", "|", "&", "`", "$", "/", "(", " -"))
    return weigh(COMMAND_SIGNS, text) if has_place else 0
