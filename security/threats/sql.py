"""Signs of a text that is meant to become part of a statement."""

from __future__ import annotations

import re

from security.threats.signs import HINT, LIKELY, SURE, sign, weigh

_COMMENT = re.compile(r"/\*!?\d{0,6}|\*/")
_COMMENTED = re.compile(r"/\*(?!!)[^*/]{0,200}\*/")
_VALUE = r"""(?:\w{0,30}+["')]{0,3}+)"""
_LITERAL = r"""(?:\(?\s?(?:["'][^"']{0,30}["']?|\d{1,12}+|true|false|null|0x[0-9a-f]{1,20}+))"""
_COMPARES = r"(?:=|<=>|<>|!=|<|>|\slike\s|\srlike\s|\sin\s?\(|\sbetween\s|\sis\s(?:not\s)?null|\sregexp\s)"
_OR = r"(?:or|and|\|\||&&|xor|having|where)"

SIGNS = (
    sign(SURE, r"\bunion[\s(+]{1,3}(?:all[\s(+]{1,3}|distinct[\s(+]{1,3})?select\b", "union"),
    # A quote ends the string, then a condition begins.
    sign(
        SURE,
        rf"""["'`]\s?+\)?+\)?+\s?+(?:{_OR}|\|)[\s("'!+]{{1,4}}+(?:not\s)?{_VALUE}\s?{_COMPARES}""",
        "or",
        "and",
        "|",
        "&",
        "having",
        "where",
    ),
    sign(
        SURE,
        rf"""["'`]\s?+\)?+\)?+\s?+\b(?:or|and|xor)\b[\s(+]{{0,4}}+(?:{_LITERAL}|not\b|exists\b|sleep|benchmark|true|select\b)"""
        r"""\s?(?:--|\#|;|/\*|$|[=<>(])""",
        "or",
        "and",
    ),
    sign(
        SURE,
        r"\b(?:or|and|xor|having|where|\|\||&&)[\s(+]{1,4}(\w{1,20})\s?(?:=|\slike\s)\s?\1\b",
        "=",
        "like",
    ),
    sign(
        SURE,
        r"""(?:^|[\d"')]\s?)\b(?:or|and|xor|having)[\s(+]{1,4}["']?\d{1,12}+["']?\s?(?:=|<|>|like)\s?\(?["']?\d{1,12}+["'\s)]{0,3}(?:$|--|\#|;|/|and|or)""",
        "=",
        "<",
        ">",
        "like",
    ),
    sign(
        SURE,
        r"""(["'])\s?(?:=|<>|like)\s?\1|["']\s?=\s?["']?[\w]{0,20}["']?\s?(?:or|and|--|\#|;)""",
        "'",
        '"',
    ),
    sign(
        SURE,
        r"""["'`]\s?\)?\)?\s?;?\s?(?:--(?:\s|\+|-|$)(?=[\s+-]{0,3}$)|\#(?=\s?$)|/\*|;\s?--)""",
        "--",
        "#",
        "/*",
    ),
    sign(SURE, r"(?:\d|\))\s?(?:--|\#)\s?[+-]?\s?-?\s?$|;\s?--\s?$|--\+|--\s-\s?$", "--", "#"),
    sign(
        SURE,
        r"\b(?:sleep|pg_sleep|randomblob|benchmark)\s?\(\s?[\d_(\w\"']|\bwaitfor\s(?:delay|time)\s[\"'(]|\bdbms_(?:pipe|lock)\b|\bexp\(~\(|\brlike\s\(?(?:select|sleep)",
        "sleep",
        "randomblob",
        "benchmark",
        "waitfor",
        "dbms_",
        "exp(",
        "rlike",
    ),
    sign(
        SURE,
        r"\b(?:information_schema|sqlite_master|pg_catalog|pg_shadow|pg_user|sysobjects|syscolumns|sysusers|sysdatabases|all_tables|user_tables|sysibm\.\w|syscat\.|xp_cmdshell|xp_\w{3,30}|sp_(?:executesql|password|makewebtask|oacreate)|mysql\.(?:user|db)\b|master\.\.\w|openrowset|utl_(?:http|inaddr|file)|@@(?:version|servername|hostname|datadir|basedir|\w{4,20})|v\$version|sys\.(?:user|tables|database|databases|all_|dba_))",
        "_",
        "sys",
        "mysql.",
        "..",
        "@@",
        "openrowset",
        "v$",
    ),
    sign(
        SURE,
        r"\b(?:extractvalue|updatexml|load_file|group_concat|string_agg|row_count|xmltype|ctxsys\.\w{1,30})\s?\(|\binto\s(?:out|dump)file\b|\bload\sdata\s(?:local\s)?infile\b|\bprocedure\sanalyse\b",
        "extractvalue",
        "updatexml",
        "load_file",
        "group_concat",
        "string_agg",
        "row_count",
        "xmltype",
        "ctxsys",
        "file",
        "procedure",
    ),
    sign(
        SURE,
        r"\(\s?select\b[^()]{0,120}(?:\bfrom\b|\(|@@|\d\s?\)|[\"'])|\bselect\s(?:\*|@@|\(|count\(|null\b|char\(|chr\(|concat|top\s\d|distinct\s\w{1,30}+\sfrom|[\w.]{1,40}\([^()]{0,60}\)|case\swhen|if\()",
        "select",
    ),
    sign(
        SURE,
        r"\bselect\s[\w.\"'`@]{1,40}+\s?,\s?[\w.,\s\"'`@*()|]{1,120}?\sfrom\s(?!the\b|your\b|our\b|my\b|a\b|this\b|it\b)[\w.\"'`]{1,40}",
        "select",
    ),
    sign(
        LIKELY,
        r"\bselect\s[\w.*,]{1,60}+\sfrom\s(?!the\b|your\b|our\b|my\b|a\b|this\b|it\b|room\b)[\w.]{1,40}+(?:\s?(?:where|limit|order|group|--|\#|;)|\s?\)|$)",
        "select",
    ),
    sign(
        SURE,
        r"(?:;|\"|'|\))\s?(?:drop\s(?:table|database|user|view|index|schema)\s[a-z_]|delete\sfrom\s\w{1,40}+(?:\s?$|\s?;|\s?--|\swhere\b)|insert\sinto\s\w{1,40}+[\s(]|update\s\w{1,40}+\sset\s\w{1,40}+\s?=|alter\stable\s|create\s(?:table|user|database|login)\s|truncate\stable|exec(?:ute)?[\s(]{1,2}(?:immediate|master|sp_|xp_|\(|@|[\"'])|shutdown\s?(?:$|;|--|with)|declare\s@|begin\s(?:declare|dbms)|select\b[^;]{0,60}(?:\(|\bfrom\b|\bcase\b)|grant\s\w{1,20}+\s(?:to|on)\s|use\smaster|backup\sdatabase)",
        "drop",
        "delete",
        "insert",
        "update",
        "alter",
        "create",
        "truncate",
        "exec",
        "shutdown",
        "declare",
        "begin",
        "select",
        "grant",
        "use ",
        "backup",
    ),
    sign(
        SURE,
        r"\binsert\sinto\s\w{1,40}+\s?(?:\([^()]{0,80}\)\s?)?(?:values\s?\(|select\b)|\bupdate\s\w{1,40}+\sset\s\w{1,40}+\s?=\s?[\"'\d(]|\b(?:drop|alter|create|truncate)\stable\s(?:if\sexists\s)?[a-z_]\w{0,40}+\s?(?:;|--|\(|add\b|$)|\bcreate\suser\s\w{1,30}+\sidentified|\bexec(?:ute)?\s(?:master|sp_|xp_|immediate|\()|\bdeclare\s@\w",
        "insert",
        "update",
        "table",
        "user",
        "exec",
        "declare",
    ),
    sign(
        SURE,
        r"\b(?:order|group)\sby\s\d[\d,\s]{0,20}+(?:--|\#|/\*)|\b(?:order|group)\sby\s\d[\d,\s]{0,20}+$|[\"'\d)]\s?(?:order|group)\sby\s(?:\d|\w{1,30}+\s?(?:--|\#|having))|\bhaving\s[\d\"']{1,6}\s?=",
        "order by ",
        "group by ",
        "having",
    ),
    sign(
        SURE,
        r"\b(?:ascii|ord|hex|unhex|substr|substring|mid|char|chr|nchar|concat|concat_ws|cast|convert|length|len|count|version|user|database|current_user|system_user|user_name|db_name|ifnull|floor|rand|make_set|elt|utl_raw|bin|if|iif)\s?\(\s?(?:select\b|0x|\d{1,3}\s?[,)]|\)|ascii\(|lower\(|substr|concat|user\b|version|@@|\w{1,30}+\sas\s|length\(|count\()",
        "(",
    ),
    sign(
        SURE,
        r"[\"'`]\s?(?:\|\||\+|&)\s?(?:[\"'`]|\(?select|char\(|chr\(|utl_|ctxsys|dbms)|\"\$(?:ne|gt|gte|lt|lte|regex|where|in|nin|or|exists)\"|\[\$(?:ne|gt|lt|gte|lte|regex|nin|in|exists|where)\]|\$(?:where|ne|gt)['\"]?\s?[:,]|\bthis\.\w{1,30}+\s?(?:==|!=|\.match)|;\s?return\s|db\.\w{1,30}+\.(?:find|insert|drop|remove)\(|\$or\b",
        "|",
        "+",
        "&",
        "$",
        "this.",
        "return",
        "db.",
    ),
    sign(
        SURE,
        r"\*\)?\s?\(?\|?\(?(?:uid|cn|mail|objectclass|userpassword)\s?=|\)\s?\(\|\s?\(|\(\|\(|\bor\scount\(|\bxpath\b|/\*\s?\||\bor\scontains\(|/\*/\*",
        "uid",
        "cn",
        "mail",
        "objectclass",
        "userpassword",
        "(|",
        "or count(",
        "xpath",
        "/*",
        "or contains(",
    ),
    sign(
        LIKELY,
        r"^\s?-?\d{0,6}[\"']{1,2}\)?\)?\s?(?:(?:or|and|union|having|group|order|like)\b|;|\|\||&&|--|\#|=|<|>|%)",
        "'",
        '"',
    ),
    sign(LIKELY, r"[\"')]\s?;\s?$|^[\"'][\s;)]{0,3}$|;\s?--", ";"),
    sign(
        LIKELY,
        r"\b(?:or|and)\b[\s(]{1,3}[\"']?[a-z_]\w{0,30}+[\"']?\s(?:is\s(?:not\s)?null|like\s[\"']%?|in\s?\(|=\s?[\"'])|\bor\s\d{1,6}+\s?(?:--|\#|$)",
        "or",
        "and",
    ),
    sign(HINT, r"(?:--|\#|/\*|;)\s?[+-]?\s?$", "--", "#", "/*", ";"),
    sign(HINT, r"\b(?:select|insert|delete|update|drop|union|where|exec|having)\b"),
    sign(HINT, r"[\"'`]\s?\)?\s?(?:or|and|;)\b", "'", '"', "`"),
    sign(HINT, r"/\*", "/*"),
)


def weight(text: str) -> int:
    """Return what an unfolded text weighs as a piece of SQL."""
    if not any(
        piece in text
        for piece in (
            "'",
            '"',
            "=",
            "(",
            "--",
            "#",
            ";",
            "select",
            "@",
            "|",
            "*",
            "<",
            ">",
            " by ",
            "$",
            "null",
        )
    ):
        return 0
    if "/*" not in text:
        return weigh(SIGNS, text)
    without = " ".join(_COMMENT.sub(" ", _COMMENTED.sub(" ", text)).split())
    return weigh(SIGNS, without) + weigh(SIGNS[-1:], text)
