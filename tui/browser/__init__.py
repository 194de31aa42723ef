"""The browser: snapshot trees and disk chains in a terminal, at any moment."""
