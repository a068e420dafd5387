"""When people may be texted: where each may be, which rules hold there, and the next moment they all allow."""
