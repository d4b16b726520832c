"""A reader of images, written from engine/image/FORMAT.md and nothing else.

read(bytes) gives the records: (name, [(attribute, value), ...]), lists of pairs because a name may
come more than once. It judges the framing, not the meaning.
"""

import pathlib
import struct

PAGE = pathlib.Path(__file__).resolve().parents[2] / "engine" / "image" / "FORMAT.md"
MAGIC = b"\x89SOCKCR\x01"
CRITICAL, NESTED, NUMBER = 1 << 13, 1 << 15, (1 << 13) - 1
INTEGERS = {"u8": "<B", "u16": "<H", "u32": "<I", "u64": "<Q", "i32": "<i", "i64": "<q"}


class Refused(Exception):
    """This is no image, or not one that this reader may take."""


def rows_of(section):
    page = PAGE.read_text()
    table = page.split(f"<!-- {section} -->")[1].split(f"<!-- end of {section} -->")[0]
    rows = [line.strip("|").split("|") for line in table.strip().splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in rows]


RECORDS = {int(number, 16): name for number, name in rows_of("records")}
ATTRIBUTES = {int(row[0]): dict(zip(("name", "type", "length", "values", "often", "where"), row[1:]))
              for row in rows_of("attributes")}


def crc32c(data):
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def known(kind, table, word, nested=False):
    row = table.get(word & NUMBER)
    if row is None and word & CRITICAL:
        raise Refused(f"{kind} {word & NUMBER} is unknown and critical")
    holds_others = row is not None and nested and row["type"].startswith("attributes of ")
    if row is not None and word & ~(CRITICAL | NUMBER) != (NESTED if holds_others else 0):
        raise Refused(f"type {word:#x} of the {kind}")
    return row


def value_of(row, payload):
    if row["type"].startswith("attributes of "):
        return attributes(row["type"].removeprefix("attributes of "), payload)
    low, _, high = row["length"].partition(" to ")
    if not int(low) <= len(payload) <= int(high or low):
        raise Refused(f"{row['name']} has {len(payload)} bytes")
    if row["type"] == "string":
        return payload.decode()
    return payload if row["type"] == "bytes" else struct.unpack(INTEGERS[row["type"]], payload)[0]


def attributes(scope, data):
    found, at = [], 0
    while at < len(data):
        length, word = struct.unpack_from("<HH", data, at)
        end = at + length
        at = end + 3 & ~3
        if length < 4 or at > len(data) or any(data[end:at]):
            raise Refused(f"length {length} of an attribute of {scope}")
        if row := known("attribute", ATTRIBUTES, word, nested=True):
            if scope not in row["where"].split(", "):
                raise Refused(f"{row['name']} stands in {scope}")
            found.append((row["name"], value_of(row, data[end - length + 4:end])))
    names = [name for name, _ in found]
    for row in ATTRIBUTES.values():
        if scope in row["where"].split(", ") and "n" not in row["often"].split(",")[0]:
            if names.count(row["name"]) not in {"1": (1,)}.get(row["often"], (0, 1)):
                raise Refused(f"{names.count(row['name'])} of {row['name']} in {scope}")
    return found


def read(data):
    if data[:len(MAGIC)] != MAGIC:
        raise Refused("another magic")
    records, at = [], len(MAGIC)
    while at < len(data):
        try:
            length, word, *zeroes = struct.unpack_from("<IHHII", data, at)
            (total,) = struct.unpack_from("<I", data, at + length)
        except struct.error as error:
            raise Refused("cut short") from error
        if length % 4 or length < 16 or any(zeroes) or crc32c(data[at:at + length]) != total:
            raise Refused(f"the record at {at} is damaged")
        if name := known("record", RECORDS, word):
            records.append((name, attributes(name, data[at + 16:at + length])))
        at += length + 4
    if not records or records[-1][0] != "end" or dict(records[-1][1])["records"] != len(records) - 1:
        raise Refused("no end")
    return records
