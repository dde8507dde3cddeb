"""Secrets are taken out of text, and what is none stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarm import redaction
from swarm.redaction import MASK, blank_known, know, know_environment, redact, redact_common, redact_known


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "_known", [])


SECRETS = [
    "sk-CANARY-5f1c77aa90bb",
    "sk-proj-AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "sk-ant-api03-AbCdEfGhIjKlMnOpQrSt-UvWxYz_0123456789",
    "sk_live_" + "a1B2" * 6,
    "gsk_" + "a1B2" * 13,
    "hf_" + "aBcD" * 9,
    "AIza" + "b" * 35,
    "AKIA" + "ABCDEFGHIJKL2345",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2" * 20,
    "glpat-" + "a1B2" * 5,
    "xoxb-" + "123456789012-abcdef",
    "npm_" + "a1B2" * 9,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "key={}\n", 'x = "{}"', "({})", "a {}, b", "https://x?k={}&y"])
def test_what_has_the_shape_of_a_key(secret: str, around: str) -> None:
    assert redact(around.format(secret)) == around.format(MASK)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "sk-circle-fade-dot",
            "task-manager-with-a-long-name",
            "risk_live_assessment_of_things",
            "disk-usage-report-for-x",
        ),
        *(
            "hf_hub_download",
            "import npm_package",
            "pk_field = models.AutoField",
            "AKIRA",
            "eyJ",
            "xoxo-hugs-and-love",
        ),
        *("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", "Authorization: Bearer <token>"),
        *("postgres://user:password@localhost/db", "api_key = os.environ['OPENAI_API_KEY']", "password = 'changeme'"),
        *("d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "the key is under the mat"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert redact(text) == text


def test_private_keys_and_headers() -> None:
    key = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc+/=\n-----END RSA PRIVATE KEY-----"
    assert redact(f"a\n{key}\nb") == f"a\n-----BEGIN RSA PRIVATE KEY-----{MASK}\nb"
    assert redact("curl -H 'Authorization: Bearer abcdefghij'") == f"curl -H 'Authorization: Bearer {MASK}'"


def test_known_values() -> None:
    know(["abc", "not-needed", "s3cr3t-value", "s3cr3t-value-longer"])
    assert redact("s3cr3t-value-longer s3cr3t-value not-needed abc") == f"{MASK} {MASK} not-needed abc"
    assert redact_known("sk-CANARY-5f1c77aa90bb s3cr3t-value") == f"sk-CANARY-5f1c77aa90bb {MASK}"


def test_a_text_that_is_seen_again_is_rid_of_what_became_known_meanwhile() -> None:
    text = "s3cr3t-value sk-CANARY-5f1c77aa90bb"
    assert redact_common(text) == redact_common(text) == f"s3cr3t-value {MASK}"
    know(["s3cr3t-value"])
    assert redact_common(text) == redact(text) == f"{MASK} {MASK}"


def test_variables_whose_names_say_so() -> None:
    know_environment(
        {
            "DEPLOY_TOKEN": "0123456789abcdef",
            "POSTGRES_PASSWORD": "postgres",
            "MY_SECRET": "correct horse battery staple",
            "AWS_SECRET_ACCESS_KEY": "abcdefghijklmnopqrstuvwxyz",
            "KEYBOARD": "0123456789keyboard",
            "SSH_KEY": "/home/somebody/.ssh/id_ed25519",
            "PATH": "/usr/bin0123456789",
        }
    )
    said = "0123456789abcdef postgres abcdefghijklmnopqrstuvwxyz 0123456789keyboard /home/somebody/.ssh/id_ed25519"
    assert redact(said) == f"{MASK} postgres {MASK} 0123456789keyboard /home/somebody/.ssh/id_ed25519"


@given(st.text(), st.sampled_from(SECRETS), st.text())
def test_twice_is_once(before: str, secret: str, after: str) -> None:
    once = redact(f"{before} {secret} {after}")
    assert secret not in once
    assert redact(once) == once


@given(st.binary(max_size=20), st.integers(1, 11), st.binary(max_size=20))
def test_bytes_keep_their_length(before: bytes, cut: int, after: bytes) -> None:
    secret = b"s3cr3t-value"
    redaction._known[:] = [secret.decode()]
    first, begun = blank_known(before + secret[:cut])
    assert (first, begun) == (before + secret[:cut], 0)
    second, begun = blank_known(secret[cut:] + after, first)
    assert len(second) == len(secret) - cut + len(after)
    assert begun == cut
    assert secret not in first[:-begun] + b"*" * begun + second
