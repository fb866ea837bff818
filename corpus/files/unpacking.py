"""Files as they come, plain or packed by gzip, Zstandard or zip; what is unpacked is bounded in ratio and in size.

The bounds hold while the bytes are read: what a packed file says of its own size is not believed.
"""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

import zstandard

from corpus.files.entries import BadFile

GZIP, ZSTANDARD, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
LARGEST = 64 * 2**30
# Text packs 4 to 20 times smaller; GH Archive about 8 times. A bomb of zeros reaches 1,000 in gzip.
HIGHEST_RATIO = 200
# So much may always come out: small files of one repeated line are packed very well.
ALWAYS = 64 * 2**20
WINDOW = 2**20
BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError, NotImplementedError, RuntimeError)
BREAKS_OFF = "The packed file breaks off or is damaged. Download or pack it again and import it again."


class Unpacked(io.RawIOBase):
    """The unpacked bytes of a source, counted. BadFile when there are too many of them, or the source is damaged."""

    def __init__(self, source: IO[bytes], packed_size: int) -> None:
        self.source = source
        self.most = min(LARGEST, max(ALWAYS, packed_size * HIGHEST_RATIO))
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        try:
            piece = self.source.read(len(buffer))
        except BROKEN as error:
            raise BadFile(BREAKS_OFF) from error
        self.count += len(piece)
        if self.count > self.most:
            raise BadFile(
                f"The file unpacks to more than {self.most // 2**20} MB, far more than text does. "
                "If it is sound, unpack it and import what is inside."
            )
        buffer[: len(piece)] = piece
        return len(piece)


@contextmanager
def unpacked(file: IO[bytes]) -> Iterator[BinaryIO]:
    """The content of the file, from its beginning; seekable only where it is plain. BadFile when it is damaged."""
    start, size = beginning(file), file.seek(0, io.SEEK_END)
    file.seek(0)
    source = source_of(file, start)
    if source is None:
        yield cast(BinaryIO, file)
        return
    with source, io.BufferedReader(Unpacked(source, size), buffer_size=WINDOW) as content:
        yield content


def beginning(file: IO[bytes]) -> bytes:
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    return start


def source_of(file: IO[bytes], start: bytes) -> IO[bytes] | None:
    if start.startswith(GZIP):
        return cast(IO[bytes], gzip.GzipFile(fileobj=file))
    if start.startswith(ZSTANDARD):
        reader = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
            file, read_across_frames=True, closefd=False
        )
        return cast(IO[bytes], reader)
    if start.startswith(ZIP):
        return only_member(file)
    return None


def only_member(file: IO[bytes]) -> IO[bytes] | None:
    """The one file inside a zip; its name is never used as a path. None for a workbook, which is a zip as well."""
    try:
        archive = zipfile.ZipFile(file)
        if "[Content_Types].xml" in archive.namelist():
            return None
        return archive.open(member_of(archive))
    except BROKEN as error:
        raise BadFile(BREAKS_OFF) from error


def member_of(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [member for member in archive.infolist() if not member.is_dir() and not is_shadow(member.filename)]
    if len(members) != 1:
        raise BadFile(f"The zip holds {len(members)} files. Pack each file on its own, or unpack them first.")
    return members[0]


def inner_name(file: IO[bytes], name: str) -> str:
    """The name that says what the content is: for a zip that of the file inside, else the file's own."""
    if not name.lower().endswith(".zip") or not beginning(file).startswith(ZIP):
        return name
    try:
        with zipfile.ZipFile(file) as archive:
            return PurePosixPath(member_of(archive).filename).name
    except BROKEN as error:
        raise BadFile(BREAKS_OFF) from error


def is_shadow(name: str) -> bool:
    """What macOS adds to a zip beside each file."""
    return PurePosixPath(name).parts[:1] == ("__MACOSX",)


def skip(file: BinaryIO, count: int) -> None:
    """Go to this byte of the content, from its beginning."""
    if file.seekable():
        file.seek(count)
        return
    while count > 0 and (piece := file.read(min(count, WINDOW))):
        count -= len(piece)
