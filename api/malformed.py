"""A request that cannot be read."""

from fastapi import HTTPException, status


class MalformedError(HTTPException):
    """400 with one sentence about what is wrong with the request."""

    def __init__(self, sentence: str) -> None:
        super().__init__(status.HTTP_400_BAD_REQUEST, sentence)
