"""Windows events converted from XML: every converter writes elements with attributes in a form of its own."""

from ....reading.fields import Fields, mapping, scalar, single


def element_value(value: object) -> object:
    """The value of an XML element: itself, or the text beside its attributes."""
    value = single(value)
    return value.get("#text", value.get("Value")) if isinstance(value, dict) else value


def attribute(system: Fields, element: str, name: str) -> object:
    """An attribute of an element, as the converters from XML write it."""
    for holder in (element, f"{element}_attributes"):
        found = system.get(holder)
        if not isinstance(found, dict):
            if found is not None and holder == element:
                return found
            continue
        inner = Fields(found)
        held = inner.first(name, f"@{name}") or Fields(mapping(inner.get("#attributes"))).get(name)
        if held is not None:
            return held
    return system.first(f"{element}_{name}", f"{element}{name}")


def event_data(event: Fields) -> dict[str, object]:
    """The data of an event by name: an object, or a list of elements with the attribute ``Name``."""
    for holder in ("EventData", "UserData"):
        held = mapping(event.get(holder))
        if not held:
            continue
        listed = held.get("Data")
        if isinstance(listed, list):
            found = {}
            for item in listed[:256]:
                element = Fields(mapping(item))
                name = scalar(attribute(Fields({"e": item}), "e", "Name"))
                if name is not None:
                    found[name] = element_value(element.data) if element.data else None
            return found
        return {name: element_value(value) for name, value in held.items() if not name.startswith(("#", "@"))}
    return {}
