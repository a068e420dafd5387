"""What a list of conversations shows of the last message."""

PREVIEW_LENGTH = 100
MEDIA_PREVIEW = "[Media]"


def preview_of(body: str) -> str:
    """The first 100 characters of a body, or what stands for media without text."""
    return body.strip()[:PREVIEW_LENGTH] or MEDIA_PREVIEW
