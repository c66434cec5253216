"""The certificate a local cluster's balancer shows: of our own making, for this machine and a month."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cluster.local.plan import LOOPBACK, Plan

CHAIN, KEY = "fullchain.pem", "privkey.pem"
LASTS = timedelta(days=30)
AN_HOUR = timedelta(hours=1)


def folder(plan: Plan) -> Path:
    """Return where the pair lies."""
    return plan.folder / "lb"


def trusted(plan: Plan) -> Path:
    """Return the file that a client of the balancer has to trust."""
    return folder(plan) / CHAIN


def made(plan: Plan) -> None:
    """Make a new pair; nobody remembers the last one."""
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    place = folder(plan) / KEY
    place.touch(mode=0o600)
    place.write_bytes(secret)
    trusted(plan).write_bytes(_signed(key).public_bytes(serialization.Encoding.PEM))


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address(LOOPBACK))])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.not_valid_before(now - AN_HOUR).not_valid_after(now + LASTS).sign(key, hashes.SHA256())
