"""The key of a machine that was given none."""

from concurrent.futures import ThreadPoolExecutor

from settings.secret_key import kept_secret_key


def test_it_is_kept(tmp_path):
    key = kept_secret_key(tmp_path / "var")

    assert len(key) >= 50
    assert kept_secret_key(tmp_path / "var") == key


def test_only_its_owner_may_read_it(tmp_path):
    kept_secret_key(tmp_path)

    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_those_who_start_at_once_agree(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(kept_secret_key, [tmp_path] * 64))

    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
