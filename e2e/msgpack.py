"""As much of MessagePack as obs-websocket speaks: nothing, booleans, numbers, texts, lists and objects."""

import struct
from typing import Any


def pack(value: Any) -> bytes:
    """ValueError for what there is no form of."""
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return struct.pack("b", value) if -32 <= value < 128 else b"\xd3" + struct.pack(">q", value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\xdb" + struct.pack(">I", len(text)) + text
    if isinstance(value, list):
        return b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
    if isinstance(value, dict):
        pairs = b"".join(pack(key) + pack(one) for key, one in value.items())
        return b"\xdf" + struct.pack(">I", len(value)) + pairs
    raise ValueError(f"{type(value).__name__} cannot be packed")


def unpack(data: bytes) -> Any:
    """ValueError for what is no such message, or more than one."""
    try:
        value, end = _value(data, 0)
    except (IndexError, struct.error, TypeError) as error:
        raise ValueError("cut off") from error
    if end != len(data):
        raise ValueError("more than one message")
    return value


#: What stands behind a first byte: how many bytes say the length, or what the value is.
_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i",
    0xD3: ">q",
}  # fmt: skip
_TEXTS = {0xD9: ">B", 0xDA: ">H", 0xDB: ">I"}
_LISTS, _OBJECTS = {0xDC: ">H", 0xDD: ">I"}, {0xDE: ">H", 0xDF: ">I"}
_WORDS = {0xC0: None, 0xC2: False, 0xC3: True}


def _value(data: bytes, at: int) -> tuple[Any, int]:
    first, at = data[at], at + 1
    if first < 0x80 or first >= 0xE0:
        return (first if first < 0x80 else first - 256), at
    if first in _WORDS:
        return _WORDS[first], at
    if first in _NUMBERS:
        return _number(data, at, _NUMBERS[first])
    if 0xA0 <= first < 0xC0:
        return _text(data, at, first & 0x1F)
    if first in _TEXTS:
        length, at = _number(data, at, _TEXTS[first])
        return _text(data, at, length)
    if 0x90 <= first < 0xA0:
        return _list(data, at, first & 0x0F)
    if first in _LISTS:
        length, at = _number(data, at, _LISTS[first])
        return _list(data, at, length)
    if 0x80 <= first < 0x90:
        return _object(data, at, first & 0x0F)
    if first in _OBJECTS:
        length, at = _number(data, at, _OBJECTS[first])
        return _object(data, at, length)
    raise ValueError(f"unknown byte {first:#x}")


def _number(data: bytes, at: int, shape: str) -> tuple[Any, int]:
    return struct.unpack_from(shape, data, at)[0], at + struct.calcsize(shape)


def _text(data: bytes, at: int, length: int) -> tuple[str, int]:
    if at + length > len(data):
        raise ValueError("cut off")
    return data[at : at + length].decode(), at + length


def _list(data: bytes, at: int, length: int) -> tuple[list[Any], int]:
    values = []
    for _ in range(length):
        value, at = _value(data, at)
        values.append(value)
    return values, at


def _object(data: bytes, at: int, length: int) -> tuple[dict[Any, Any], int]:
    values = {}
    for _ in range(length):
        key, at = _value(data, at)
        values[key], at = _value(data, at)
    return values, at
