"""The browser, driven by keys in this process and on a real terminal."""
