"""A small OpenID provider on the loopback: real keys, real signatures, and every way to go wrong."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from security.single_sign_on import provider as ours

CLIENT, SECRET = "bellhop", "between: us/two"


class Key:
    """One signing key."""

    def __init__(self, name: str, algorithm: str = "RS256") -> None:
        is_rsa = algorithm.startswith("RS")
        self.name, self.algorithm = name, algorithm
        self.private: Any = (
            rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
        )

    def public(self) -> dict[str, Any]:
        kind = jwt.algorithms.get_default_algorithms()[self.algorithm]
        told = kind.to_jwk(self.private.public_key(), as_dict=True)
        return {**told, "kid": self.name, "alg": self.algorithm, "use": "sig"}

    def pem(self) -> bytes:
        return bytes(self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


FIRST = Key("first")  # drawing one takes long


class Provider:
    """Answers discovery, keys and codes; ``claims`` and ``sign`` say what it would lie about."""

    def __init__(self) -> None:
        self.key = FIRST
        self.published = [self.key]
        self.claims: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.discovery: dict[str, Any] = {}
        self.status = 200
        self.asked: list[str] = []
        self.shown: list[dict[str, str]] = []
        self.waiting: dict[str, dict[str, str]] = {}
        self.hang: threading.Event | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._door())
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(
            claims, self.key.private, algorithm=self.key.algorithm, headers={"kid": self.key.name}
        )

    def authorize(self, address: str, subject: str = "sub-1") -> str:
        """Log somebody in there; return the query they come back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.waiting)}"
        self.waiting[code] = {**asked, "sub": subject}
        return urlencode({"code": code, "state": asked["state"]})

    def token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "sub": asked["sub"], "aud": CLIENT, "exp": now + 300, "iat": now}
        said |= {"nonce": asked["nonce"], "preferred_username": "hoa", **self.claims}
        return self.sign({name: value for name, value in said.items() if value is not None})

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        self.shown.append({"client": unquote(name), "secret": unquote(secret)})
        asked = self.waiting.pop(form["code"], None)
        challenge = ours_challenge(form["code_verifier"])
        good = (
            asked and asked["redirect_uri"] == form["redirect_uri"] and asked["code_challenge"] == challenge
        )
        if not asked or not good or self.shown[-1] != {"client": CLIENT, "secret": SECRET}:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": self.token(asked)}

    def answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if self.hang is not None:
            self.hang.wait(30)
        if self.status != 200:
            return self.status, {}
        if path == "/token":
            return self.redeem(form, authorization)
        if path == "/keys":
            return 200, {"keys": [key.public() for key in self.published]}
        if path == ours.WELL_KNOWN:
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                **self.discovery,
            }
        return 404, {}

    def _door(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/authorize?"):
                    asked = parse_qs(urlsplit(self.path).query)
                    self.send_response(302)
                    self.send_header(
                        "Location", f"{asked['redirect_uri'][0]}?{provider.authorize(self.path)}"
                    )
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.tell(*provider.answer(self.path, {}, ""))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self.tell(*provider.answer(self.path, form, self.headers.get("Authorization", "")))

            def tell(self, status: int, said: dict[str, Any]) -> None:
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Door


def ours_challenge(verifier: str) -> str:
    from oauthlib.oauth2 import WebApplicationClient

    return str(WebApplicationClient(CLIENT).create_code_challenge(verifier, "S256"))


@contextmanager
def running() -> Iterator[Provider]:
    """Have one answer."""
    provider = Provider()
    thread = threading.Thread(
        target=provider.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    yield provider
    if provider.hang is not None:
        provider.hang.set()
    provider.server.shutdown()
    provider.server.server_close()
    thread.join(5)
