"""What is stocked: parts, which part replaces which, and which parts fit which product.

Words: a **part** has a number (专用号) that names it everywhere, belongs to a **division**, and is counted in its base
unit; a **supersession** links an old number to the new one; a **product model** has a **bill of material**.

Promises:
- No part replaces itself, however long the way: circles are refused over all links, whatever their dates.
- `usable_part` always says what the links with ratio 1 say; on any day it has at most one row for two parts.
- A part's base unit and serial tracking never change once it is there: its stock is counted in them.

Decisions:
- A link may hold for some days only; a way of several links holds where all of them do. So the kept rows carry dates
  and `substitutes(on=...)` is exact for every day, past and to come.
- What replaces in another ratio than one for one is shown to people and never substituted unasked.
- Search is one pass over all parts without an index: 30 ms for 60,000 on one of two cores, where no extension for
  trigrams is at hand. Numbers alone are looked up by their unique index (`find_part`).
"""

from inventory.catalogue.bill_of_material import BillLine, find_model, get_model, models_of_part, parts_of_model
from inventory.catalogue.importing_models import MODELS, check_models, import_models
from inventory.catalogue.importing_parts import PARTS, check_parts, import_parts
from inventory.catalogue.importing_supersessions import SUPERSESSIONS, check_supersessions, import_supersessions
from inventory.catalogue.models import BaseUnit, Division, ModelPart, Part, ProductModel, Supersession, UsablePart
from inventory.catalogue.parts import find_part, find_part_by_gtin, get_part, list_parts
from inventory.catalogue.searching import PartHit, SupersessionHint, search_parts
from inventory.catalogue.supersession import (
    Substitute,
    keep_usable_parts,
    substitutes,
)

__all__ = [
    "MODELS",
    "PARTS",
    "SUPERSESSIONS",
    "BaseUnit",
    "BillLine",
    "Division",
    "ModelPart",
    "Part",
    "PartHit",
    "ProductModel",
    "Substitute",
    "Supersession",
    "SupersessionHint",
    "UsablePart",
    "check_models",
    "check_parts",
    "check_supersessions",
    "find_model",
    "find_part",
    "find_part_by_gtin",
    "get_model",
    "get_part",
    "import_models",
    "import_parts",
    "import_supersessions",
    "keep_usable_parts",
    "list_parts",
    "models_of_part",
    "parts_of_model",
    "search_parts",
    "substitutes",
]
