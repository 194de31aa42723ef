r"""A line of a scenario, taken apart into words.

`"…"` may stand anywhere in a word and hold spaces; a quote inside is doubled; a backslash is just
a backslash, so Windows paths are typed as they are.
"""

from eventstore.errors import BadInput

_BLANKS = " \t\N{IDEOGRAPHIC SPACE}"


def words(line: str) -> tuple[str, ...]:
    """Give the words of `line` without quotes and comment; raise BadInput for an open quote."""
    found: list[str] = []
    word: str | None = None
    quote_at: int | None = None
    column = 0
    while column < len(line):
        char = line[column]
        if char == '"' and quote_at is not None and line[column + 1 : column + 2] == '"':
            word = f'{word or ""}"'
            column += 1
        elif char == '"':
            quote_at = column if quote_at is None else None
            word = word or ""
        elif quote_at is not None:
            word = f"{word or ''}{char}"
        elif char in _BLANKS:
            if word is not None:
                found.append(word)
            word = None
        elif char == "#" and word is None:
            break
        else:
            word = f"{word or ''}{char}"
        column += 1
    if quote_at is not None:
        raise BadInput(
            f'the quote at column {quote_at + 1} is never closed; expected another " '
            '(inside quotes, "" stands for one)'
        )
    return (*found, word) if word is not None else tuple(found)
