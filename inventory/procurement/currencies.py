"""Currencies and what they were worth on a day, in the company's own."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from inventory import audit
from inventory.actor import Actor
from inventory.identity import Permission
from inventory.procurement.errors import CurrencyUnknown, OwnCurrencyRated, RateMissing, RateOutOfRange
from inventory.procurement.models import Currency, ExchangeRate

RATE_BELOW = 1_000_000
RATE_DECIMALS = 8
_RATES = text("""
    SELECT currency.code, CASE WHEN currency.is_base THEN 1 ELSE newest.rate END AS rate
    FROM currency
    LEFT JOIN LATERAL (
        SELECT rate FROM exchange_rate WHERE exchange_rate.currency = currency.code AND valid_from <= :on
        ORDER BY valid_from DESC LIMIT 1
    ) AS newest ON true
    WHERE currency.is_base OR newest.rate IS NOT NULL
""")


def list_currencies(session: Session) -> Sequence[Currency]:
    """The currencies that are kept, the company's own first."""
    return session.scalars(select(Currency).order_by(Currency.is_base.desc(), Currency.code)).all()


def base_currency(session: Session) -> str:
    """The company's own currency."""
    return session.scalars(select(Currency.code).where(Currency.is_base)).one()


def rates_on(session: Session, on: date) -> dict[str, Decimal]:
    """What one unit of each currency was worth on a day; a currency without a rate by then is not among them."""
    return {code: Decimal(rate) for code, rate in session.execute(_RATES, {"on": on})}


def rate_on(session: Session, currency: str, on: date) -> Decimal:
    """What one unit of a currency was worth on a day. Raises: CurrencyUnknown; RateMissing."""
    require_currency(session, currency)
    rate = rates_on(session, on).get(currency)
    if rate is None:
        raise RateMissing(currency=currency, on=on.isoformat())
    return rate


def set_rate(session: Session, currency: str, *, valid_from: date, rate: Decimal, by: Actor, at: datetime) -> None:
    """Write down what a currency is worth from a day on; the same day again corrects it.

    Orders that were submitted keep the rate they were submitted with.
    Raises: NotPermitted; CurrencyUnknown, OwnCurrencyRated; RateOutOfRange.
    """
    by.require(Permission.BUY)
    require_currency(session, currency)
    if currency == base_currency(session):
        raise OwnCurrencyRated(currency=currency)
    if not 0 < rate < RATE_BELOW or rate != round(rate, RATE_DECIMALS):
        raise RateOutOfRange(rate=str(rate))
    session.execute(
        insert(ExchangeRate)
        .values(currency=currency, valid_from=valid_from, rate=rate)
        .on_conflict_do_update(index_elements=["currency", "valid_from"], set_={"rate": rate})
    )
    facts = {"valid_from": valid_from.isoformat(), "rate": str(rate)}
    audit.note(session, "exchange_rate_set", actor_id=by.person_id, at=at, subject=currency, facts=facts)


def list_rates(session: Session, *, limit: int = 200) -> Sequence[ExchangeRate]:
    """The rates that were written down, newest first."""
    newest = select(ExchangeRate).order_by(ExchangeRate.valid_from.desc(), ExchangeRate.currency).limit(limit)
    return session.scalars(newest).all()


def require_currency(session: Session, currency: str) -> None:
    """Refuse a currency that is not kept. Raises: CurrencyUnknown."""
    if session.get(Currency, currency) is None:
        raise CurrencyUnknown(currency=currency[:10])
