"""What the client is told at the end, verdict by verdict."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turbo_hipster.model import Published, Verdict
from turbo_hipster.worker import packets

URL = "https://logs.example.org/unit/1/"


def answer(verdict, published=Published.YES, sentences=(), **more):
    return {
        "verdict": verdict.value,
        "published": published.value,
        "sentences": list(sentences),
        "url": "" if published is Published.NO else URL,
        "problems": [],
        "final": False,
        **more,
    }


def test_success_completes_and_is_a_bare_word():
    told = packets.last(answer(Verdict.SUCCESS, sentences=["ok"]), "sentence")

    assert told == packets.Last({"url": URL, "result": "SUCCESS"}, True)


def test_success_published_in_part_is_still_success():
    told = packets.last(answer(Verdict.SUCCESS, Published.PARTLY), "sentence")

    assert told.complete and told.facts["result"] == "SUCCESS"


def test_success_that_could_not_be_published_says_why():
    told = packets.last(
        answer(Verdict.SUCCESS, Published.NO, problems=["disk full"]),
        "sentence",
    )

    assert told == packets.Last({"result": "POST_FAILURE - disk full"}, False)


@pytest.mark.parametrize("verdict", [Verdict.FAILURE, Verdict.TIMED_OUT])
@pytest.mark.parametrize("published", list(Published))
def test_a_judgement_keeps_its_word_whatever_became_of_the_results(
    verdict, published
):
    told = packets.last(
        answer(verdict, published, ["First.", "Second."]), "sentence"
    )

    assert told.facts["result"] == f"{verdict.value} - First."
    assert ("url" in told.facts) == (published is not Published.NO)
    assert not told.complete


@pytest.mark.parametrize("verdict", [Verdict.FAILURE, Verdict.TIMED_OUT])
def test_result_text_word_is_exactly_the_word(verdict):
    told = packets.last(answer(verdict, sentences=["First."]), "word")

    assert told.facts["result"] == verdict.value


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.ABORTED])
@pytest.mark.parametrize("published", list(Published))
def test_what_was_not_judged_has_no_result(verdict, published):
    told = packets.last(answer(verdict, published, ["Why."]), "sentence")

    assert "result" not in told.facts
    assert not told.complete


def test_refused_input_is_final():
    told = packets.last(
        answer(Verdict.ERROR, sentences=["no such ref"], final=True), "word"
    )

    assert told.facts["result"] == "ERROR - no such ref"
    assert not told.complete


@given(
    text=st.text(alphabet=st.characters(), max_size=500),
    verdict=st.sampled_from(
        [Verdict.SUCCESS, Verdict.FAILURE, Verdict.TIMED_OUT, Verdict.ERROR]
    ),
)
def test_any_sentence_fits_where_a_client_puts_it(text, verdict):
    told = packets.last(
        answer(verdict, Published.NO, [text], problems=[text], final=True),
        "sentence",
    )

    result = told.facts["result"]
    assert len(result) <= 200
    assert result.isprintable()
    assert "|" not in result and "\n" not in result


def test_a_long_sentence_is_cut_with_a_mark():
    told = packets.one_line("x" * 1000)

    assert len(told) == 200 and told.endswith("...")


def test_there_is_an_answer_for_every_end_of_a_build():
    ways = itertools.product(Verdict, Published, ("sentence", "word"))

    for verdict, published, text in ways:
        told = packets.last(answer(verdict, published), text)
        assert told.complete == (told.facts.get("result") == "SUCCESS")
