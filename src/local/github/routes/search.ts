// REST: search, rate limit, meta.
import { canSee } from "../access.ts";
import { invalid } from "../api-error.ts";
import { type Handler, ok, paged, type Route, route } from "../call.ts";
import { presentAccount } from "../present/account.ts";
import { issue as presentIssue } from "../present/issue.ts";
import { listedRepository } from "../present/repository.ts";
import { parseQuery, searchIssues } from "../search-query.ts";
import { fullName } from "../world.ts";

/** GitHub gives no more results than these to one query. */
const MOST_RESULTS = 1000;

const wrap = (items: unknown[], total_count: number) => ({
  total_count,
  incomplete_results: false,
  search_type: "lexical",
  items,
});

const issues: Handler = (call) => {
  const q = call.query.get("q") ?? "";
  if (q.trim() === "") throw invalid("Search", "q", "missing");
  const sort = call.query.get("sort");
  const order = call.query.get("order") ?? "desc";
  const found = searchIssues(call.world, call.actor, sort ? `${q} sort:${sort}-${order}` : q);
  const shown = found.slice(0, MOST_RESULTS);
  const present = (issue: (typeof found)[number]) => ({ ...presentIssue(call.world, issue), score: 1 });
  return paged(call, shown, present, (items) => wrap(items, found.length));
};

const repositories: Handler = (call) => {
  const terms = parseQuery(call.query.get("q") ?? "");
  const found = call.world.store.repos.all().filter(
    (repo) =>
      canSee(call.world, call.actor, repo) &&
      terms.every(({ key, value }) => {
        if (key === "org" || key === "user") return repo.owner.toLowerCase() === value.toLowerCase();
        if (key === "repo") return fullName(repo).toLowerCase() === value.toLowerCase();
        if (key === "archived") return String(repo.archived) === value;
        return key !== "" || repo.name.toLowerCase().includes(value.toLowerCase());
      }),
  );
  return paged(
    call,
    found,
    (repo) => ({ ...listedRepository(call.world, repo, call.actor.account), score: 1 }),
    wrap,
  );
};

const users: Handler = (call) => {
  const words = parseQuery(call.query.get("q") ?? "").filter((term) => term.key === "");
  const found = call.world.store.accounts
    .all()
    .filter((a) => words.every(({ value }) => a.login.toLowerCase().includes(value.toLowerCase())));
  return paged(call, found, (account) => ({ ...presentAccount(call.world, account), score: 1 }), wrap);
};

export const searchRoutes: Route[] = [
  route("GET", "/search/issues", issues),
  route("GET", "/search/repositories", repositories),
  route("GET", "/search/users", users),
  route("GET", "/meta", () =>
    ok({ verifiable_password_authentication: false, hooks: [], web: [], api: [], git: [] }),
  ),
];
