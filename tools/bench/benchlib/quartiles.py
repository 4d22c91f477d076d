"""Median and quartiles, and how a mode's samples become the rows of its table."""
import statistics


def summary(samples):
    """Median, quartiles and minimum of at least one number."""
    if not samples:
        raise ValueError("no samples")
    ordered = sorted(samples)
    if len(ordered) == 1:
        q1 = median = q3 = ordered[0]
    else:
        q1, median, q3 = statistics.quantiles(ordered, n=4, method="inclusive")
    return {"median": median, "q1": q1, "q3": q3, "min": ordered[0]}


def ratios(samples, floor_samples):
    """Each sample over the floor's sample of the same round."""
    return [a / b for a, b in zip(samples, floor_samples, strict=True)]


def row(peer, samples, floor_samples=None, group="", columns=None):
    """One line of a result: the value, its ratio to the floor, further columns."""
    return {
        "peer": peer,
        "group": group,
        "value": summary(samples),
        "ratio": summary(ratios(samples, floor_samples)) if floor_samples else None,
        "columns": columns or {},
        "samples": samples,
    }
