import hashlib
import json
import threading
import time

import filelock
import pytest

from wordlab import progress
from wordlab.embeddings.pretrained import download
from wordlab.embeddings.pretrained.download import Patience, fetch
from wordlab.errors import ArtifactError, SourceError

from . import conftest as server

SHORT = Patience(
    connect=2, stall=0.3, headers=0.4, window=0.4, least=1000, tries=3, most_tries=6, pause=0.001
)
HALF = 256_000


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def get(url, folder, **options):
    return fetch(url, folder / "vectors.zip", patience=SHORT, **options)


def refused(url, folder, **options):
    with pytest.raises(SourceError) as caught:
        get(url, folder, **options)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{url}: expected ")
    assert not (folder / "vectors.zip").exists()
    return message.removeprefix(f"{url}: ")


def test_a_file_comes_whole_with_its_record(site, tmp_path):
    url, served = site
    events = []
    record = get(url, tmp_path, sha256=sha256(served.content), on_progress=events.append)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content
    assert names(tmp_path) == ["vectors.zip", "vectors.zip.json"]
    assert json.loads((tmp_path / "vectors.zip.json").read_text()) == {
        "url": url, "num_bytes": 512_000, "sha256": sha256(served.content)
    }  # fmt: skip
    assert (record.num_bytes, record.sha256) == (512_000, sha256(served.content))
    assert (events[-1].done, events[-1].total, events[-1].unit) == (512_000, 512_000, "bytes")
    assert events[-1].task == "download vectors.zip"


def test_what_is_there_is_not_asked_for(site, tmp_path):
    url, served = site
    get(url, tmp_path)
    get(url, tmp_path)
    assert len(served.requests) == 1


def test_a_broken_connection_is_taken_up_where_it_broke(site, tmp_path):
    url, served = site
    served.acts.extend([server.drops(HALF), server.drops(100_000)])
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content
    assert [request.get("Range") for request in served.requests] == [None, "bytes=256000-", "bytes=356000-"]
    assert [request.get("If-Range") for request in served.requests[1:]] == ['"one"', '"one"']


def test_a_later_call_goes_on_where_an_earlier_one_gave_up(site, tmp_path):
    url, served = site
    served.acts.append(server.drops(HALF))
    served.act = server.drops(0)
    message = refused(url, tmp_path)
    assert message == (
        "expected more data, found that the connection broke; "
        "256,000 bytes are kept, and the next try resumes from there"
    )
    assert names(tmp_path) == ["vectors.zip.part", "vectors.zip.part.json"]
    served.act = server.honest
    served.requests.clear()
    events = []
    get(url, tmp_path, on_progress=events.append)
    assert served.requests[0]["Range"] == "bytes=256000-"
    assert (tmp_path / "vectors.zip").read_bytes() == served.content
    assert (events[-1].task, events[-1].done) == ("download the rest of vectors.zip", 256_000)


def test_a_stalled_connection_is_given_up_and_taken_up(site, tmp_path):
    url, served = site
    served.acts.append(server.stalls(HALF))
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content
    assert len(served.requests) == 2


def test_a_server_that_only_stalls(site, tmp_path):
    url, served = site
    served.act = server.stalls(0)
    assert refused(url, tmp_path) == "expected more data, found none within the time allowed"
    assert len(served.requests) == SHORT.tries


def test_a_server_that_knows_no_ranges_sends_all_again(site, tmp_path):
    url, served = site
    served.acts.append(server.drops(HALF))
    served.act = server.knows_no_ranges
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content


@pytest.mark.parametrize("act", [server.honest, server.knows_no_conditions])
def test_parts_of_two_versions_are_never_joined(site, tmp_path, act):
    url, served = site
    served.acts.append(server.drops(HALF))

    def change(handler, site):
        site.content, site.etag = b"another file" * 40_000, '"two"'
        site.act = act
        act(handler, site)

    served.act = change
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == b"another file" * 40_000


def test_a_file_that_became_shorter(site, tmp_path):
    url, served = site
    served.acts.append(server.drops(HALF))

    def shrink(handler, site):
        site.content = b"short"
        site.act = server.honest
        server.honest(handler, site)  # answers 416

    served.act = shrink
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == b"short"


def test_without_a_version_nothing_is_resumed(site, tmp_path):
    url, served = site
    served.etag = None
    served.acts.append(server.drops(HALF))
    get(url, tmp_path)
    assert [request.get("Range") for request in served.requests] == [None, None]


def test_without_a_version_a_known_digest_allows_it(site, tmp_path):
    url, served = site
    served.etag = None
    served.acts.append(server.drops(HALF))
    get(url, tmp_path, sha256=sha256(served.content))
    assert [request.get("Range") for request in served.requests] == [None, "bytes=256000-"]


def test_a_weak_version_is_none(site, tmp_path):
    url, served = site
    served.etag = 'W/"one"'
    served.acts.append(server.drops(HALF))
    get(url, tmp_path)
    assert [request.get("Range") for request in served.requests] == [None, None]


def test_a_crash_before_the_last_step(site, tmp_path):
    url, served = site
    (tmp_path / "vectors.zip.part").write_bytes(served.content)
    (tmp_path / "vectors.zip.part.json").write_text(json.dumps({"url": url, "version": '"one"'}))
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content
    assert served.requests[0]["Range"] == "bytes=512000-"


def test_a_part_of_another_address_is_not_built_on(site, tmp_path):
    url, served = site
    (tmp_path / "vectors.zip.part").write_bytes(b"something else")
    (tmp_path / "vectors.zip.part.json").write_text(json.dumps({"url": "https://else", "version": '"one"'}))
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content


def test_a_wrong_digest_throws_away_what_came(site, tmp_path):
    url, _ = site
    message = refused(url, tmp_path, sha256=64 * "0")
    assert message.startswith("expected SHA-256 000000000000…, found ")
    assert message.endswith("; the download was discarded")
    assert names(tmp_path) == []


def test_a_wrong_size_is_seen_before_anything_is_fetched(site, tmp_path):
    url, _ = site
    assert refused(url, tmp_path, num_bytes=77) == "expected a file of 77 bytes, found one of 512,000"
    assert names(tmp_path) == []


def test_a_server_that_promises_too_much(site, tmp_path):
    url, served = site
    served.act = server.promises(600_000)
    assert "found that the connection broke" in refused(url, tmp_path)


def test_a_server_that_promises_too_little_is_found_out_by_the_digest(site, tmp_path):
    url, served = site
    served.act = server.promises(500_000)
    assert "expected SHA-256" in refused(url, tmp_path, sha256=sha256(served.content))


def test_a_reply_must_tell_its_length(site, tmp_path):
    url, served = site
    served.act = server.tells_no_length
    assert refused(url, tmp_path) == "expected a reply that states its length, found none"


def test_chunks_tell_their_end(site, tmp_path):
    url, served = site
    served.act = server.in_chunks(whole=False)
    assert "found that the connection broke" in refused(url, tmp_path)
    served.act = server.in_chunks(whole=True)
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content


def test_chunks_without_end_are_cut_at_the_known_size(site, tmp_path):
    url, served = site
    served.act = server.in_chunks(whole=True)
    assert refused(url, tmp_path, num_bytes=1_000) == "expected 1,000 bytes, found more"


def test_chunks_that_are_too_few(site, tmp_path):
    url, served = site
    served.act = server.in_chunks(whole=True)
    message = refused(url, tmp_path, num_bytes=600_000)
    assert message == "expected a file of 600,000 bytes, found 512,000"


@pytest.mark.parametrize(("status", "num_requests"), [(404, 1), (403, 1), (500, 3), (503, 3)])
def test_errors_of_the_server(site, tmp_path, status, num_requests):
    url, served = site
    served.act = server.answers(status)
    assert refused(url, tmp_path).startswith(f"expected HTTP 200 OK, found {status} ")
    assert len(served.requests) == num_requests
    assert names(tmp_path) == []


def test_a_server_that_is_busy_for_a_moment(site, tmp_path):
    url, served = site
    served.acts.append(server.answers(503))
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content


def test_a_redirect_to_https_is_followed(site, tmp_path):
    url, served = site
    served.acts.append(server.answers(302, Location="/elsewhere/vectors.zip"))
    get(url, tmp_path)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content


def test_a_redirect_to_http_is_refused(site, tmp_path):
    url, served = site
    served.act = server.answers(302, Location="http://127.0.0.1:9/vectors.zip")
    assert refused(url, tmp_path) == (
        "expected https throughout, found a redirect to http://127.0.0.1:9/vectors.zip"
    )


@pytest.mark.parametrize("location", ["https://[", "https://", "https://x:port/", "https://exa mple/"])
def test_a_redirect_to_no_address(site, tmp_path, location):
    url, served = site
    served.act = server.answers(302, Location=location)
    refused(url, tmp_path)


def test_a_file_of_authorities_that_is_not_there(site, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    assert "nothing.pem" in refused(site[0], tmp_path)


def test_redirects_without_end(site, tmp_path):
    url, served = site
    served.act = server.answers(302, Location=url)
    assert refused(url, tmp_path) == "expected a file, found more than 5 redirects"


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_nothing_but_https(tmp_path, scheme):
    url = f"{scheme}://127.0.0.1/vectors.zip"
    assert refused(url, tmp_path) == f"expected https throughout, found a redirect to {url}"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [("other_authority", "unable to get local issuer certificate"), ("other_host", "mismatch")],
)
def test_a_wrong_certificate_is_refused(serve, tmp_path, certificate, reason):
    address, served = serve(certificate)
    message = refused(f"{address}/vectors.zip", tmp_path)
    assert message.startswith("expected a certificate that can be trusted, found ")
    assert reason in message
    assert served.requests == []


def test_nobody_there(certificates, tmp_path):
    assert (
        refused("https://127.0.0.1:1/x.zip", tmp_path) == "expected a connection to 127.0.0.1:1, found none"
    )


def test_a_range_that_was_not_asked_for(site, tmp_path):
    url, served = site
    served.acts.append(server.drops(HALF))
    served.act = server.answers(206, Content_Range="bytes 7-9/10", ETag='"one"')
    assert "expected the bytes from 256,000 on, found bytes 7-9/10" in refused(url, tmp_path)


def test_two_at_once_fetch_it_once(site, tmp_path, wait):
    url, served = site
    served.acts.append(server.stalls(HALF))  # the first one is held up for a moment
    threads = [threading.Thread(target=get, args=(url, tmp_path)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (tmp_path / "vectors.zip").read_bytes() == served.content
    assert len(served.requests) == 2  # the stalled one and its continuation


def test_a_file_is_left_alone_while_another_process_writes_it(site, tmp_path):
    url, served = site
    with filelock.FileLock(tmp_path / "vectors.zip.lock"):
        thread = threading.Thread(target=get, args=(url, tmp_path))
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        assert served.requests == []
    thread.join(10)
    assert (tmp_path / "vectors.zip").exists()


def test_an_interruption_keeps_what_came(site, tmp_path, monkeypatch):
    url, served = site
    monkeypatch.setattr(progress, "REPORT_INTERVAL", 0)

    def interrupt(event):
        if event.done > 200_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        get(url, tmp_path, on_progress=interrupt)
    kept = (tmp_path / "vectors.zip.part").stat().st_size
    assert 200_000 < kept < 512_000
    get(url, tmp_path)
    assert served.requests[1]["Range"] == f"bytes={kept}-"
    assert (tmp_path / "vectors.zip").read_bytes() == served.content


def test_a_full_disk_is_seen_at_the_beginning(site, tmp_path, monkeypatch):
    url, _ = site
    usage = download.shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ArtifactError, match="expected 512,000 bytes of free space, found 1,000"):
        get(url, tmp_path)


def test_a_cache_that_is_a_file(site, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(ArtifactError, match="cannot be written: "):
        get(site[0], tmp_path / "file")


def test_one_byte_per_connection_is_given_up(site, tmp_path):
    url, served = site
    served.act = server.drops(1)
    assert "found that the connection broke" in refused(url, tmp_path)
    assert len(served.requests) == SHORT.tries


def test_one_part_per_connection_is_given_up_in_the_end(site, tmp_path):
    url, served = site
    served.act = server.drops(1000)
    message = refused(url, tmp_path)
    assert "the connection broke (6 tries); 6,000 bytes are kept" in message
    assert len(served.requests) == SHORT.most_tries


def test_another_version_in_each_reply(site, tmp_path):
    url, served = site

    def change(handler, site):
        site.etag = f'"{len(site.requests)}"'
        server.drops(1000 * len(site.requests))(handler, site)

    served.act = change
    refused(url, tmp_path)
    assert len(served.requests) <= SHORT.most_tries


def test_no_such_range_after_each_break(site, tmp_path):
    url, served = site

    def act(handler, site):
        if "Range" in handler.headers:
            handler.say(416, Content_Range="bytes */7", Content_Length=0)
        else:
            server.drops(HALF)(handler, site)

    served.act = act
    refused(url, tmp_path)
    assert len(served.requests) <= SHORT.most_tries


@pytest.mark.parametrize("act", [server.drips_body, server.drips_headers, server.drips_chunks])
def test_a_byte_now_and_then(site, tmp_path, act):
    url, served = site
    served.act = act
    started = time.monotonic()
    message = refused(url, tmp_path)
    assert time.monotonic() - started < 5
    assert "bytes a second or more, found fewer" in message or "within the time allowed" in message
    assert len(served.requests) == SHORT.tries


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e3"])
def test_invalid_lengths(site, tmp_path, length):
    url, served = site
    served.act = server.answers_length(length)
    refused(url, tmp_path)


def test_a_page_is_not_an_archive(site, tmp_path):
    url, served = site
    served.content = b"<!DOCTYPE html><title>Log in</title>"
    hint = "an HTML page, as proxies and logins send"
    assert refused(url, tmp_path, archive=True) == (
        f"expected a zip or tar archive, found neither: {hint}; the download was discarded"
    )
    assert f": {hint}; the download was discarded" in refused(url, tmp_path, sha256=64 * "0")
    assert refused(url, tmp_path) == f"expected vectors, found none: {hint}; the download was discarded"
    assert names(tmp_path) == []


def test_names_and_passwords_are_not_shown(site, tmp_path):
    url, served = site
    secret = url.replace("https://", "https://ann:s3cret@")
    served.acts.append(server.answers(404))
    with pytest.raises(SourceError) as caught:
        get(secret, tmp_path)
    assert str(caught.value).startswith(f"{url}: expected HTTP 200 OK, found 404")
    served.acts.append(server.answers(302, Location="http://ann:s3cret@127.0.0.1:9/x"))
    with pytest.raises(SourceError, match=r"a redirect to http://127\.0\.0\.1:9/x$"):
        get(secret, tmp_path)
    served.acts.append(server.drops(HALF))
    assert get(secret, tmp_path).url == url
    assert all("s3cret" not in path.read_text() for path in tmp_path.glob("*.json"))
    with pytest.raises(SourceError, match=r"expected a connection to 127\.0\.0\.1:1, found none"):
        get("https://ann:s3cret@127.0.0.1:1/x.zip", tmp_path / "more")


def test_the_second_of_two_says_that_it_waits(site, tmp_path):
    url, _ = site
    events = []
    with filelock.FileLock(tmp_path / "vectors.zip.lock"):
        thread = threading.Thread(target=get, args=(url, tmp_path), kwargs={"on_progress": events.append})
        thread.start()
        thread.join(0.3)
        assert {event.task for event in events} == {"wait for another process that downloads vectors.zip"}
    thread.join(10)
    assert (tmp_path / "vectors.zip").exists()
