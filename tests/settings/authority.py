"""A certificate authority of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Signs certificates; its own lies in ``path``."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._own = self._sign(self._name, self._key.public_key(), x509.BasicConstraints(True, 0))
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def server(self, host: str) -> Path:
        """Return the file of the key and certificate a server of that name shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        shown = self._sign(subject, key.public_key(), x509.SubjectAlternativeName([x509.DNSName(host)]))
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        file = self._folder / f"{host}.pem"
        kind = serialization.PrivateFormat.PKCS8
        file.write_bytes(key.private_bytes(pem, kind, plain) + shown.public_bytes(pem))
        return file

    def _sign(self, subject, key, extension) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        return builder.add_extension(extension, critical=True).sign(self._key, hashes.SHA256())
