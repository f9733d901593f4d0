// The people of an organisation, and how they act on GitHub: through its API, with tokens of their own.

export const ORG = "harbour";

export type Person = "ada" | "grace" | "margaret";

/** Ada owns what there is and approves, grace changes it, margaret reviews. */
export const PEOPLE: readonly Person[] = ["ada", "grace", "margaret"];
export const MEMBERS: Record<Person, string> = { ada: "admin", grace: "member", margaret: "member" };

export const userOf = (login: string) => ({ login, token: `${login}-token` });

/** A repository as the people know it. */
export const repoNamed = (name: string, labels: readonly string[]) => ({
  ...{ owner: ORG, name, author: "ada", labels: labels.map((label) => ({ name: label })) },
  files: { OWNERS: "approvers: [ada]\nreviewers: [margaret]\n", "README.md": "# Knots\n" },
  collaborators: { grace: "write", margaret: "write" },
});

/** Somebody's request; rejects with what GitHub said. */
export type Ask = <T>(login: Person, method: string, path: string, body?: unknown) => Promise<T>;

const TRIES = 5;

export const asking =
  (url: string): Ask =>
  async (login, method, path, body) => {
    for (let tries = 1; ; tries++) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `token ${userOf(login).token}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.ok) return (text ? JSON.parse(text) : undefined) as never;
      // Another has pushed to the same repository at that moment.
      if (response.status === 409 && tries < TRIES) continue;
      throw new Error(`${login} ${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    }
  };
