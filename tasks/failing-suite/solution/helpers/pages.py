"""Long lists in pages."""


def page_count(items: int, size: int) -> int:
    """Return how many pages a list of so many items fills; an empty one has one page."""
    return max(1, -(-items // size))


def page(items: list[str], number: int, size: int) -> list[str]:
    """Return a page, counted from 1."""
    if not 1 <= number <= page_count(len(items), size):
        raise IndexError(f"there is no page {number}")
    return items[(number - 1) * size : number * size]
