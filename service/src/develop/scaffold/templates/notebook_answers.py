"""Answers as JSON: what notebooks compute is often an array, a table or a picture."""

import base64
import io


def plain(value):
    """The value with nothing in it but what JSON knows; pictures become PNG in base64."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(each) for each in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if hasattr(value, "to_dict"):
        return plain(value.to_dict("records") if hasattr(value, "columns") else value.to_dict())
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "save") and hasattr(value, "mode"):
        content = io.BytesIO()
        value.save(content, "PNG")
        return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
    return str(value)
