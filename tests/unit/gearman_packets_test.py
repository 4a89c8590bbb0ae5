"""Bytes become packets however they are cut, or are refused."""

import struct

import gear
import pytest
from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster.gearman import packets


def wire(kind, data, magic=b"\0RES"):
    return struct.pack("!4sII", magic, kind, len(data)) + data


kinds = st.sampled_from(sorted(packets.NAMES))
streams = st.lists(st.tuples(kinds, st.binary(max_size=200)), max_size=8)


@given(streams, st.lists(st.integers(1, 50), min_size=1))
def test_packets_come_out_as_they_went_in_however_they_are_cut(sent, cuts):
    stream = b"".join(wire(kind, data) for kind, data in sent)
    decoder, found, at, turn = packets.Decoder(), [], 0, 0
    while at < len(stream):
        step = cuts[turn % len(cuts)]
        found += decoder.feed(stream[at : at + step])
        at, turn = at + step, turn + 1
    assert found == sent


@given(st.binary(min_size=1, max_size=64))
def test_noise_is_refused_or_waited_for_and_raises_nothing_else(noise):
    decoder = packets.Decoder()
    try:
        found = list(decoder.feed(noise))
    except packets.Garbled:
        return
    assert all(packet.type in packets.NAMES for packet in found)


@pytest.mark.parametrize(
    "start",
    [b"E", b"\0X", b"\0REX", b"\x16\x03\x01", b"\0RES\0\0\1\0\0\0\0\0"],
)
def test_a_wrong_start_is_refused_as_soon_as_it_is_seen(start):
    with pytest.raises(packets.Garbled):
        list(packets.Decoder().feed(start))


def test_a_packet_may_be_as_large_as_the_limit_and_no_larger():
    decoder = packets.Decoder(limit=10)
    assert list(decoder.feed(wire(28, b"x" * 10))) == [(28, b"x" * 10)]
    with pytest.raises(packets.Garbled, match="11 bytes"):
        list(decoder.feed(wire(28, b"x" * 11)[:12]))


def test_a_request_is_what_gear_would_send():
    ours = packets.encode(packets.WORK_DATA, b"H:1", "ü")
    packet = gear.Packet(gear.constants.REQ, 28, b"H:1\0\xc3\xbc")
    assert ours == bytes(packet.toBinary())


def test_text_that_is_no_unicode_does_not_stop_a_packet():
    assert packets.encode(1, "a\udcffb").endswith(b"a?b")
    assert packets.text(b"a\xffb") == "a\ufffdb"


def test_the_last_argument_may_have_nuls_and_none_may_be_missing():
    packet = packets.Packet(31, b"h\0f\0u\0a\0b")
    assert packet.arguments(4) == [b"h", b"f", b"u", b"a\0b"]
    with pytest.raises(packets.Garbled):
        packets.Packet(31, b"h\0f\0u").arguments(4)
