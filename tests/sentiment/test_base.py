from wordlab.sentiment.base import Explanation, Reason


def test_what_is_not_among_the_strongest_goes_into_the_rest():
    reasons = (Reason(("good",), 1, 2.0), Reason(("bad",), 3, -1.0), Reason(("so",), 0, 0.5))
    explanation = Explanation("pos", 1.75, 0.25, reasons)
    shown = explanation.strongest(1)
    assert (shown.reasons, shown.rest, shown.logit) == (reasons[:1], -0.25, 1.75)
    assert explanation.strongest(3) == explanation
