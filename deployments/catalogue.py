"""Every deployment that the stack serves."""

from prefect.deployments.runner import RunnerDeployment


def catalogue() -> list[RunnerDeployment]:
    """The deployments, their flows imported by module path."""
    return []
