"""Settings by environment: what is wrong is named, with the reason, and nothing starts."""

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from looplane.kit.config import ConfigError, Settings, list_of_services, read_settings

BAD = {
    "LOOPLANE_PORT": ["-1", "65536", "8000.0", "http", " 80", "٨٠", "9" * 5000],
    "LOOPLANE_WORKER_PORT": ["0", "65536", "on", "OFF"],
    "LOOPLANE_POOL_SIZE": ["0", "1", "91", "ten"],
    "LOOPLANE_READS_PER_MINUTE": ["-1", "many", "10000001"],
    "LOOPLANE_WRITES_PER_MINUTE": ["-1", "1e3"],
    "LOOPLANE_FOLLOWERS": ["-1", "60001"],
    "LOOPLANE_FOLLOWERS_PER_KEY": ["-1", "all"],
    "LOOPLANE_STREAM_SECONDS": ["0", "9", "86401"],
    "LOOPLANE_KEEP_EVENTS_DAYS": ["-1", "36501", "for ever"],
    "LOOPLANE_DATABASE_POOLING": ["statement", "a u t o"],
    "LOOPLANE_CORS_ORIGINS": [
        *("*", "null", "https://", "app.firm.example", "https://app.firm.example/"),
        *("https://*.firm.example", "https://APP.example", "https://a.example, *"),
    ],
    "LOOPLANE_TRUSTED_PROXIES": ["*", "proxy", "10.0.0.0/33", "10.0.0.1, x"],
    "LOOPLANE_PUBLIC_URL": ["support.firm.example", "ftp://a", "https://u:geheim@a", "http://a?b"],
    "LOOPLANE_FILES_S3_ENDPOINT": ["s3.firm.example", "https://", "http://[a", "http://a b"],
    "LOOPLANE_UPLOADS_PER_MINUTE": ["-1", "x"],
    "LOOPLANE_UPLOADS_PER_DAY": ["-1", "10000001"],
    "LOOPLANE_BACKUP_DIR": ["~nobody-of-this-name/backups"],
    "LOOPLANE_BACKUP_HOURS": ["-1", "8761", "daily"],
    "LOOPLANE_BACKUPS_KEPT": ["0", "all"],
    "LOOPLANE_OUTBOUND_ALLOW": ["a", "a:0", "a:65536", "*:80", "a:80, b", "http://a:80", "::1:80"],
    "LOOPLANE_LOG_LEVEL": ["trace", "INFOS"],
    "LOOPLANE_LOG_FORMAT": ["xml"],
    "LOOPLANE_CONSOLE_CHANNEL": ["true", "1"],
    "LOOPLANE_PG_BIN": ["/no/such/folder", __file__, "~nobody-of-this-name/bin"],
    "LOOPLANE_DATA_DIR": ["~nobody-of-this-name/data"],
    "LOOPLANE_DATABASE_URL": ["mysql://u:geheim@h/d", "u:geheim@h/d", "postgres:/u:geheim@[h/d"],
}
REASONS = ("must be a whole number from ", "must be one of ", "must be a folder", "must start with")
LISTS = ("must be origins", "must be addresses or networks", "must be names with ports")
ADDRESS = "must be an address such as"


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in BAD for text in BAD[name]])
def test_a_bad_value_is_named_with_the_reason(name: str, text: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_settings({name: text})
    told = str(error.value).removeprefix(f"{name} ")
    assert told.startswith((*REASONS, *LISTS, ADDRESS, "names a user")), told
    assert "geheim" not in told


def test_backups_need_a_place() -> None:
    with pytest.raises(ConfigError, match="LOOPLANE_BACKUP_HOURS needs LOOPLANE_BACKUP_DIR"):
        read_settings({"LOOPLANE_BACKUP_HOURS": "24"})
    chosen = read_settings({"LOOPLANE_BACKUP_HOURS": "24", "LOOPLANE_BACKUP_DIR": "/backups"})
    assert (chosen.backup_dir, chosen.backup_hours, chosen.backups_kept) == (
        Path("/backups"),
        24,
        7,
    )


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        read_settings({"LOOPLANE_PORT": "x", "LOOPLANE_LOG_LEVEL": "x", "LOOPLANE_PROT": "1"})
    lines = str(error.value).splitlines()
    assert [line.split()[0] for line in lines] == [
        "LOOPLANE_PORT",
        "LOOPLANE_LOG_LEVEL",
        "LOOPLANE_PROT",
    ]
    assert all(f"LOOPLANE_{each.name.upper()}" in lines[2] for each in fields(Settings))


def test_words_are_good_in_capitals() -> None:
    read = read_settings({"LOOPLANE_LOG_LEVEL": "INFO", "LOOPLANE_LOG_FORMAT": "Json"})
    assert (read.log_level, read.log_format) == ("info", "json")


# As Kubernetes sets them for services called looplane and looplane-web.
OF_SERVICES = {
    "LOOPLANE_PORT": "tcp://10.0.0.1:80",
    "LOOPLANE_SERVICE_HOST": "10.0.0.1",
    "LOOPLANE_SERVICE_PORT": "80",
    "LOOPLANE_SERVICE_PORT_HTTP": "80",
    "LOOPLANE_PORT_80_TCP": "tcp://10.0.0.1:80",
    "LOOPLANE_PORT_80_TCP_PROTO": "tcp",
    "LOOPLANE_PORT_80_TCP_PORT": "80",
    "LOOPLANE_PORT_80_TCP_ADDR": "10.0.0.1",
    "LOOPLANE_WEB_SERVICE_HOST": "10.0.0.2",
    "LOOPLANE_WEB_PORT": "tcp://10.0.0.2:80",
}


def test_a_service_of_our_name_sets_nothing() -> None:
    assert read_settings(OF_SERVICES) == Settings()
    assert list_of_services(OF_SERVICES) == sorted(OF_SERVICES)
    assert list_of_services({"LOOPLANE_PORT": "80", "LOOPLANE_HOST": "::", "PORT": "1"}) == []
    # What is only like it is a mistake, as before.
    for name, text in (("LOOPLANE_PORT", "tcp:80"), ("LOOPLANE_DATABSE_PORT", "80")):
        with pytest.raises(ConfigError, match=name):
            read_settings({name: text})


def test_what_is_not_set_or_empty_has_its_default() -> None:
    assert read_settings({}) == read_settings({"LOOPLANE_PORT": "", "PORT": "1"}) == Settings()


def test_good_values(tmp_path: Path) -> None:
    read = read_settings(
        {
            "LOOPLANE_HOST": "0.0.0.0",  # only read
            "LOOPLANE_PORT": "0",
            "LOOPLANE_WORKER_PORT": "off",
            "LOOPLANE_DATA_DIR": "~/looplane",
            "LOOPLANE_DATABASE_URL": "postgresql://u:p%40ss@a:1,b:2/d?target_session_attrs=primary",
            "LOOPLANE_PG_BIN": str(tmp_path),
            "LOOPLANE_POOL_SIZE": "2",
            "LOOPLANE_READS_PER_MINUTE": "0",
            "LOOPLANE_WRITES_PER_MINUTE": "10000000",
            "LOOPLANE_CORS_ORIGINS": "https://app.firm.example, http://localhost:5173,",
            "LOOPLANE_TRUSTED_PROXIES": "10.0.0.7/8,::1",
            "LOOPLANE_PUBLIC_URL": "https://support.firm.example/help/",
            "LOOPLANE_OUTBOUND_ALLOW": "Chat.Internal:8443, [::1]:80, 10.0.0.7:443",
            "LOOPLANE_LOG_LEVEL": "debug",
            "LOOPLANE_LOG_FORMAT": "json",
        }
    )
    assert (read.host, read.port, read.data_dir) == ("0.0.0.0", 0, Path.home() / "looplane")
    assert (read.pg_bin, read.pool_size) == (tmp_path, 2)
    assert read.worker_port is None
    assert (read.reads_per_minute, read.writes_per_minute) == (0, 10_000_000)
    assert (read.log_level, read.log_format) == ("debug", "json")
    assert read.cors_origins == ("https://app.firm.example", "http://localhost:5173")
    assert read.address == "https://support.firm.example/help"
    assert read.outbound_allow == (("chat.internal", 8443), ("::1", 80), ("10.0.0.7", 443))
    assert read.trusted_proxies == ("10.0.0.0/8", "::1/128")
    assert "p%40ss" in str(read.database_url)
    assert "p%40ss" not in repr(read)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc]  # that is the point
