"""Product models and which parts fit them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inventory.catalogue.models import ModelPart, Part, ProductModel
from inventory.errors import NotFound


@dataclass(frozen=True, slots=True)
class BillLine:
    """A part that fits a model, and how many of it the model has."""

    part: Part
    quantity: int


def find_model(session: Session, code: str) -> ProductModel | None:
    """The product model of exactly this code, if there is one."""
    return session.scalar(select(ProductModel).where(ProductModel.code == code))


def get_model(session: Session, code: str) -> ProductModel:
    """The product model of exactly this code.

    Raises: NotFound when there is none.
    """
    model = find_model(session, code)
    if model is None:
        raise NotFound(model=code)
    return model


def parts_of_model(session: Session, model_id: int) -> list[BillLine]:
    """The model's bill of material, by part number."""
    rows = session.execute(
        select(Part, ModelPart.quantity)
        .join(ModelPart, ModelPart.part_id == Part.id)
        .where(ModelPart.model_id == model_id)
        .order_by(Part.number)
    )
    return [BillLine(part, quantity) for part, quantity in rows]


def models_of_part(session: Session, part_id: int) -> Sequence[ProductModel]:
    """The models that the part fits, by code."""
    return session.scalars(
        select(ProductModel)
        .join(ModelPart, ModelPart.model_id == ProductModel.id)
        .where(ModelPart.part_id == part_id)
        .order_by(ProductModel.code)
    ).all()
