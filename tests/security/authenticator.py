"""A security key made of software: it answers as browsers do, and lies when told to."""

from __future__ import annotations

import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import sha256, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

PRESENT = AuthenticatorData.FLAG.UP
HOST = "testserver"


class SoftKey:
    """One key for one host."""

    def __init__(self, host: str = HOST) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id, self.host, self.origin = secrets.token_bytes(32), host, f"https://{host}"

    def made(self, options: str) -> str:
        """Answer a registration."""
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.private.public_key())
        )
        flags = PRESENT | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(sha256(self.host.encode()), flags, 0, credential)
        told = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        return self._answer(self._heard("webauthn.create", options), told)

    def shown(self, options: str) -> str:
        """Answer a question."""
        heard = self._heard("webauthn.get", options)
        data = AuthenticatorData.create(sha256(self.host.encode()), PRESENT, 1)
        signature = self.private.sign(data + heard.hash, ec.ECDSA(SHA256()))
        told = {"authenticatorData": websafe_encode(data), "signature": websafe_encode(signature)}
        return self._answer(heard, told)

    def _heard(self, kind: str, options: str) -> CollectedClientData:
        challenge = json.loads(options)["publicKey"]["challenge"]
        return CollectedClientData.create(type=kind, challenge=challenge, origin=self.origin)

    def _answer(self, heard: CollectedClientData, told: dict[str, Any]) -> str:
        name = websafe_encode(self.id)
        response = {"clientDataJSON": websafe_encode(heard), **told}
        answer = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps({**answer, "clientExtensionResults": {}})
