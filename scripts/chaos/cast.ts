// Who takes part: the components and how many of each, the people, and where which of them can be made to die.

export type Name = "hook" | "plank" | "crier" | "tide" | "sinker";

export interface Replica {
  component: Name;
  nth: number;
}

const COUNTS: Record<Name, number> = { hook: 2, plank: 2, crier: 1, tide: 1, sinker: 1 };

export const COMPONENTS: readonly Replica[] = (Object.entries(COUNTS) as [Name, number][]).flatMap(
  ([component, count]) => Array.from({ length: count }, (_, nth) => ({ component, nth })),
);

export const labelOf = ({ component, nth }: Replica): string => `${component}-${nth}`;

/** Effects that the components have in such a run. */
const EFFECTS: Record<Name, readonly string[]> = {
  hook: [
    "queue.add",
    "queue.take",
    "hook.answer",
    "github.addLabels",
    "github.removeLabel",
    "github.createComment",
    "github.deleteComment",
    "github.createStatus",
    "github.editIssue",
    "kube.create",
  ],
  plank: ["kube.create", "kube.patch"],
  crier: [
    "github.createStatus",
    "github.createComment",
    "github.editComment",
    "github.deleteComment",
    "kube.patch",
    "storage.write",
  ],
  tide: ["github.createStatus", "github.merge", "kube.create"],
  sinker: ["kube.delete"],
};

export const FAILPOINTS: readonly { component: Name; name: string }[] = (
  Object.entries(EFFECTS) as [Name, readonly string[]][]
).flatMap(([component, effects]) =>
  effects.flatMap((effect) => [".before", ".after"].map((side) => ({ component, name: effect + side }))),
);
