"""A file is what its bytes are, whatever it was declared as."""

import pytest

from messaging.media_types import type_of

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + bytes(60)
CASES: dict[str, tuple[bytes, str, str | None]] = {
    "jpeg": (JPEG, "image/jpeg", "image/jpeg"),
    "jpeg declared as something else": (JPEG, "application/pdf", "image/jpeg"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(60), "", "image/png"),
    "heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40), "image/heic", "image/heif"),
    "voice of a phone": (b"#!AMR\n" + bytes(60), "audio/amr", "audio/amr"),
    "voice of WhatsApp": (b"OggS\x00\x02" + bytes(22) + b"OpusHead" + bytes(40), "audio/ogg", "audio/ogg"),
    "film": (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(40), "video/mp4", "video/mp4"),
    "document": (b"%PDF-1.7\n" + b"x" * 60, "application/pdf", "application/pdf"),
    "card": (b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Pat\r\nEND:VCARD\r\n", "text/x-vcard", "text/vcard"),
    "text": ("Grüße".encode(), "text/plain; charset=utf-8", "text/plain"),
    "text cut in a character": ("aé".encode()[:-1], "text/plain", "text/plain"),
    "text declared as a picture": (b"hello there", "image/png", None),
    "a page declared as text": (b"<html><script>1</script></html>", "text/plain", None),
    "a drawing that runs scripts": (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "image/svg+xml", None),
    "a program": (b"MZ\x90\x00" + bytes(100), "image/jpeg", None),
    "an archive": (b"PK\x03\x04" + bytes(60), "application/zip", None),
    "nothing": (b"", "image/jpeg", None),
    "noise": (bytes(range(256)), "text/plain", None),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_file_is(case: str) -> None:
    head, declared, expected = CASES[case]
    assert type_of(head, declared=declared) == expected
