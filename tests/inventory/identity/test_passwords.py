"""Which passwords are good enough, and how they are kept."""

import pytest

from inventory.identity import LOW, PasswordGuessable, PasswordKeeper, PasswordTooLong, PasswordTooShort
from inventory.identity.errors import PasswordUnreadable
from inventory.identity.passwords import require_good

KEEPER = PasswordKeeper(LOW)


@pytest.mark.parametrize(
    "password",
    [
        "seven green kettles boil",
        "x7#kQ!m2vR9@pL4w",
        "蓝色的大象在屋顶上跳舞唱歌吃香蕉",
        "🦊🍋🎲🚲🌵🎻🐙🧊🪁🍄🛶🎡🦉🧭🫖",
        "a" * 3 + " quite long sentence " * 8,
        "tabs are not, but spaces   are fine",
    ],
)
def test_a_long_password_of_any_characters_is_good(password: str) -> None:
    require_good(password, context=["wang.xiaoming", "王小明", "QD-01"])


def test_fifteen_characters_are_enough_and_fourteen_are_not() -> None:
    require_good("kettle7boils9xq")
    with pytest.raises(PasswordTooShort):
        require_good("kettle7boils9x")


def test_characters_are_counted_not_bytes() -> None:
    with pytest.raises(PasswordTooShort):
        require_good("蓝色的大象在屋顶上跳舞")


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password-123456789",
        "correct horse battery staple",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "1234567890123456",
        "0987654321098765",
        "qwertyuiopasdfghjkl",
        "abcdefghijklmnopqrs",
        "Beijian is my password",
        "我的备件系统密码是这样子的吗对",
        "wang.xiaoming is here now",
        "the QD-01 store of ours",
    ],
)
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    with pytest.raises(PasswordGuessable):
        require_good(password, context=["wang.xiaoming", "QD-01"])


@pytest.mark.parametrize(
    "password", ["seven green\0kettles boil", "seven green\nkettles boil", "seven green \ud800 kettles"]
)
def test_a_character_nobody_can_type_is_refused(password: str) -> None:
    with pytest.raises(PasswordUnreadable):
        require_good(password)


def test_a_password_without_end_is_refused_before_it_is_hashed() -> None:
    with pytest.raises(PasswordTooLong):
        require_good("ab cd" * 100)


def test_nothing_is_cut_off_at_72_bytes() -> None:
    long = "x y z " * 20
    assert not KEEPER.is_right(KEEPER.hash(long + "1"), long + "2")


def test_full_width_letters_are_the_same_password() -> None:
    assert KEEPER.is_right(KEEPER.hash("seven green kettles"), "ｓｅｖｅｎ green kettles")


def test_the_same_password_is_hashed_differently_each_time() -> None:
    assert KEEPER.hash("seven green kettles") != KEEPER.hash("seven green kettles")


def test_without_a_hash_nothing_is_right() -> None:
    assert not KEEPER.is_right(None, "nobody has this password")
