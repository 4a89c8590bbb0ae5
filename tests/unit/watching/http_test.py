"""What is answered to requests of every kind, and how soon it is known."""

import pytest

from turbo_hipster.watching import http

HOST = b"Host: x\r\n\r\n"


def pages(path):
    return http.Page(200, f"page {path}\n") if path == "/here" else None


def status(request):
    answer = http.answer(request, pages)
    return None if answer is None else int(answer.split(b" ")[1])


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET /here HTTP/1.1\r\n" + HOST, 200),
        (b"GET /here HTTP/1.0\r\n\r\n", 200),
        (b"GET /here HTTP/1.0\n\n", 200),
        (b"GET /here?a=b HTTP/1.1\r\n" + HOST, 200),
        (b"HEAD /here HTTP/1.1\r\n" + HOST, 200),
        (b"GET /there HTTP/1.1\r\n" + HOST, 404),
        (b"GET /../here HTTP/1.1\r\n" + HOST, 404),
        (b"GET http://x/here HTTP/1.1\r\n" + HOST, 404),
        (b"POST /here HTTP/1.1\r\n" + HOST, 405),
        (b"DELETE /here HTTP/1.1\r\n" + HOST, 405),
        (b"CONNECT x:1 HTTP/1.1\r\n" + HOST, 405),
        (b"get /here HTTP/1.1\r\n" + HOST, 405),
        (b"GET /here\r\n", 400),
        (b"GET /here\r\n\r\n", 400),
        (b"GET /here HTTP/2.0\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /h\xffre HTTP/1.1\r\n" + HOST, 400),
        (b"GET  /here HTTP/1.1\r\n" + HOST, 400),
        (b"\x16\x03\x01\x02\x00\n", 400),
        (b"\r\n\r\n", 400),
        (b"GET /here HTTP/1.1\r\nA: " + b"a" * 9000, 431),
        (b"G" * 9000, 431),
        (b"GET /here HTTP/1.1\r\n" + b"A: b\r\n" * 2000 + b"\r\n", 431),
    ],
)
def test_each_request_has_its_answer(request_, expected):
    assert status(request_) == expected


@pytest.mark.parametrize(
    "part", [b"", b"GET", b"GET /here HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nA:"]
)
def test_what_is_incomplete_is_waited_for(part):
    assert status(part) is None


def test_head_has_the_length_and_no_body():
    get = http.answer(b"GET /here HTTP/1.1\r\n\r\n", pages)
    head = http.answer(b"HEAD /here HTTP/1.1\r\n\r\n", pages)

    assert get == head + b"page /here\n"
    assert b"Content-Length: 11\r\n" in head


def test_what_is_allowed_is_said():
    assert b"Allow: GET, HEAD" in http.answer(
        b"PUT /here HTTP/1.1\r\n\r\n", pages
    )
