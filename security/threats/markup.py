"""Signs of markup and scripts that are meant to run in somebody else's browser."""

from __future__ import annotations

import re

from security.threats.signs import HINT, LIKELY, SURE, sign, weigh

# A bracket written so that a filter overlooks it: by its number, in UTF-7, in base64.
_DISGUISED = re.compile(
    r"%(?:25){0,3}3c|&\#0{0,8}60\b|&\#x0{0,8}3c\b|\\x3c|\\u003c|\+adw-|phnjcmlwd", re.IGNORECASE
)
_UNSEEN = re.compile(r"[\x00-\x20/]++")

_TAGS = (
    "script|iframe|object|embed|applet|svg|math|link|meta|base|style|frameset|frame|marquee|isindex|form"
    "|noscript|xss|template|portal|bgsound|layer|ilayer|xml|input|button|textarea|body|html|title|video|audio"
    "|animate|set|image|details|listing|plaintext|keygen|import"
)
_EVENTS = (
    "abort|after|animation|auxclick|before|begin|blur|bounce|cached|canplay|change|click|close|contextmenu"
    "|copy|cue|cut|dblclick|drag|drop|durationchange|end|error|finish|focus|fullscreen|hashchange|input|invalid"
    "|key|load|message|mouse|move|offline|online|page|paste|pause|play|pointer|popstate|progress|property|"
    "ratechange|readystate|repeat|reset|resize|row|scroll|search|seek|select|show|stalled|start|storage|submit|"
    "suspend|time|toggle|touch|transition|unload|unhandled|volume|waiting|webkit|wheel|activate|data|media|data"
)

SIGNS = (
    sign(SURE, rf"</?(?:{_TAGS})(?=[\s/>\"'+(=:\x0b]|$)", "<"),
    # An event's handler inside a tag, or behind a quote that ends an attribute.
    sign(SURE, rf"(?:<[a-z!?%][^<>]{{0,300}}?|[\"'`])[\s/\"'`]on(?:{_EVENTS})[a-z]{{0,16}}+\s?=", "on"),
    sign(SURE, r"<[a-z][^<]{0,300}?[\s/\"'`]on[a-z]{3,25}+\s?=", "<"),
    # A tag that fetches or paints something, and one of another vocabulary.
    sign(
        SURE,
        r"<[a-z][\w:-]{0,20}+[\s/][^<>]{0,200}?\b(?:style|src|href|action|formaction|background|poster|srcdoc|handler)"
        r"\s?=\s?[^\s]",
        "<",
    ),
    sign(SURE, r"</?(?!mailto:|tel:|sip:)[a-z]{1,10}:[a-z]", "<"),
    sign(SURE, rf"(?:^|[\s/\"'`;,])on(?:{_EVENTS})[a-z]{{0,16}}+\s?=\s?[\"'`]?[a-z_.$]{{1,40}}+[(`=]", "on"),
    sign(SURE, r"(?:java|vb|live)script:(?=[^\s]|\s[a-z.$_]{1,40}+[(`\[])", "script:"),
    sign(
        SURE,
        r"data:(?:text/html|image/svg|text/xml|application/x(?:html|ml)|text/javascript)|data:[\w/,;]{0,40},?<",
        "data:",
    ),
    sign(
        SURE,
        r"\b(?:document\.(?:cookie|domain|location|write|body|getelement)|window\.(?:location|open|name)"
        r"|string\.fromcharcode|(?:local|session)storage\b[.\[]|\.constructor\b|__proto__"
        r"|(?:window|self|top|this|parent|frames|globalthis)\[)",
        ".",
        "[",
        "__",
    ),
    sign(
        SURE,
        r"(?<![a-z])(?:alert|prompt|confirm|eval|settimeout|setinterval|atob|fetch|import)"
        r"(?:\(|`|&\#?lpar|\s?\(\s?(?:\d|[\"'`/]|document|string|\)))",
        "(",
        "`",
        "lpar",
    ),
    sign(
        SURE,
        r"(?:expression|url)\(\s?[\"']?(?:javascript|alert)|-moz-binding|behaviou?r:\s?url|@import\s?[\"'u]",
        "expression",
        "url",
        "@import",
        "-moz",
    ),
    sign(
        SURE,
        r"<(?:img|image|source|track|a|area)\b[^<>]{0,200}?\b(?:src|href|background|dynsrc|lowsrc|srcset)"
        r"\s?=\s?[\"'`]?\s?(?:x|\#|data|//|javascript)",
        "<",
    ),
    sign(SURE, r"<!(?:--|\[endif|entity|doctype|\[cdata)|<\?(?:xml|php|=)|<%[=@]", "<!", "<?", "<%"),
    sign(
        SURE,
        r"\{\{[^{}]{0,80}(?:constructor|\*|config|self|request|\()|\$\{(?:jndi|[^{}]{0,60}\()|\#\{[^{}]{0,40}\*",
        "{",
    ),
    sign(LIKELY, r"[\"'`]\s?/?>\s?<[a-z!/]|[\"']\s?[-+;]\s?[a-z.$_]{1,40}+\(", "<", "("),
    sign(HINT, r"<[a-z][a-z0-9:-]{0,20}+[\s/]", "<"),
    sign(HINT, r"(?:style|src|href|formaction|action|srcdoc|xlink:href)\s?=\s?[\"'`]?", "="),
)

_BROKEN_UP = (sign(SURE, r"(?:java|vb)script:[^\s]|<script", "script"),)


def is_disguised(text: str) -> bool:
    """Say whether a text as it came hides a bracket."""
    return _DISGUISED.search(text) is not None


def weight(text: str) -> int:
    """Return what an unfolded text weighs as a script."""
    if not any(piece in text for piece in ("<", "(", "=", ":", "`", "{", "[")):
        return 0
    total = weigh(SIGNS, text)
    if total < SURE and "<" in text:
        # Blanks and slashes inside a word, which browsers overlook: only where there is a tag at all.
        total += weigh(_BROKEN_UP, _UNSEEN.sub("", text))
    return total
