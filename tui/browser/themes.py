"""The themes: dark, light, one for the colour-blind, and one of the terminal's own colours."""

from textual.theme import Theme

COLOUR_BLIND = Theme(
    name="snapledger-blue-orange",
    primary="#0072B2",
    secondary="#56B4E9",
    accent="#56B4E9",
    success="#56B4E9",
    warning="#E69F00",
    error="#D55E00",
    foreground="#F0F0F0",
    background="#101418",
    surface="#1A2026",
    panel="#222A32",
    dark=True,
)
"""Blue, orange and vermilion of Okabe and Ito: told apart with every kind of colour vision."""

THEMES = ("textual-dark", "textual-light", COLOUR_BLIND.name, "ansi-dark", "ansi-light")
NO_COLOUR = "ansi-dark"
"""Only the terminal's own colours, of which Textual's NO_COLOR filter leaves none."""
