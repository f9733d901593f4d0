// A comment `/hold` on a pull request as GitHub sends it.

/** Most of them addresses. */
const PAYLOAD_BYTES = 21 * 1024;
const API = "https://api.github.com/repos/acme/tool";

const user = (login: string, id: number) => ({
  ...{ login, id, type: "User", site_admin: false, node_id: `U_${id}` },
  ...addresses(`https://api.github.com/users/${login}`, 14),
});

const addresses = (base: string, count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`part_${n}_url`, `${base}/part-${n}{/other}`]));

export function holdPayload(number: number, bytes = PAYLOAD_BYTES): string {
  const repository = {
    ...{
      id: 1,
      name: "tool",
      full_name: "acme/tool",
      private: false,
      archived: false,
      default_branch: "main",
    },
    ...{ owner: { ...user("acme", 1), type: "Organization" }, html_url: "https://github.com/acme/tool" },
    ...addresses(API, 50),
  };
  const issue = {
    ...{
      number,
      title: "Mend it",
      state: "open",
      html_url: `https://github.com/acme/tool/pull/${number}`,
      body: "",
    },
    ...{ user: user("alice", 2), assignees: [], labels: [], milestone: null },
    ...{ created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z" },
    pull_request: { url: `${API}/pulls/${number}` },
    ...addresses(`${API}/issues/${number}`, 10),
  };
  const comment = {
    ...{
      id: number,
      body: "/hold",
      user: user("bob", 3),
      html_url: `${issue.html_url}#issuecomment-${number}`,
    },
    ...{ created_at: "2026-01-01T00:00:00Z", updated_at: "2026-01-01T00:00:00Z" },
  };
  const payload = { action: "created", issue, comment, repository, sender: user("bob", 3) };
  const missing = bytes - JSON.stringify(payload).length;
  issue.body = "It was broken. ".repeat(Math.ceil(missing / 15)).slice(0, missing);
  return JSON.stringify(payload);
}
