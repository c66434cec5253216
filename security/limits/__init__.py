"""How much one caller may ask for (contract, section 6).

    limits.admit(request, caller)  # raises LimitExceeded

Every way into the API calls it as soon as the caller is known; a call that was admitted once is not
counted again. ``LimitsMiddleware`` writes the headers and turns the refusal into an answer.
"""

from security.limits.admission import admit, admit_report, admit_socket, admit_stranger
from security.limits.pages import admit_login, admit_page
from security.limits.telling import headers_of

__all__ = [
    "admit",
    "admit_login",
    "admit_page",
    "admit_report",
    "admit_socket",
    "admit_stranger",
    "headers_of",
]
