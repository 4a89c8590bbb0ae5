"""An authority, and certificates that are good, old or another's."""

import datetime
import ipaddress

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
HERE = ("127.0.0.1", "localhost")


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def subject(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


class Authority:
    """Issues certificates into a folder; ``file`` is its own."""

    def __init__(self, folder, name):
        self.folder = folder
        self.name = named(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        made = self._signed(self.name, self.key, -1, 400, ca=True)
        self.file.write_bytes(made.public_bytes(PEM))

    def issue(self, stem, hosts=HERE, *, begins=-1, ends=300):
        """Return the paths of a certificate and its key; dates in days."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._signed(named(stem), key, begins, ends, hosts=hosts)
        cert = self.folder / f"{stem}.crt"
        path = self.folder / f"{stem}.key"
        cert.write_bytes(made.public_bytes(PEM))
        path.write_bytes(
            key.private_bytes(
                PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return str(cert), str(path)

    def _signed(self, name, key, begins, ends, *, hosts=(), ca=False):
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=begins))
            .not_valid_after(now + datetime.timedelta(days=ends))
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if hosts:
            names = x509.SubjectAlternativeName(list(map(subject, hosts)))
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path, "ours")


@pytest.fixture
def other_authority(tmp_path):
    return Authority(tmp_path, "another")
