"""What went wrong: everything in here must be empty."""

from dataclasses import dataclass, field, fields


@dataclass
class Verdict:
    """Findings, a sentence each, by kind."""

    # An acknowledged message, change or deletion that is not stored.
    lost: list[str] = field(default_factory=list)
    # Delivered twice to one reader, or stored twice.
    doubled: list[str] = field(default_factory=list)
    # Delivered or stored, though nobody sent it.
    phantom: list[str] = field(default_factory=list)
    # Delivered in another order than stored, or stored in different orders for different people.
    misordered: list[str] = field(default_factory=list)
    # Told to somebody who had lost sight of the channel more than two seconds ago.
    leaked: list[str] = field(default_factory=list)
    # One nonce with two ids.
    twofold: list[str] = field(default_factory=list)
    # Not known to a reader five seconds after the end, or known otherwise than stored.
    unknown: list[str] = field(default_factory=list)
    # An answer of 500, a request that no retry settled, a process that did not come back.
    broken: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not any(self.counts().values())

    def counts(self) -> dict[str, int]:
        return {kind.name: len(getattr(self, kind.name)) for kind in fields(self)}

    def __str__(self) -> str:
        findings = [f"{name}: {finding}" for name in self.counts() for finding in getattr(self, name)[:5]]
        return "\n".join([str(self.counts()), *findings])
