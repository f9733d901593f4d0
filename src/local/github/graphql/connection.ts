// A page of a list as GraphQL gives it: first/after from the front, last/before from the end.
import { GraphQLError } from "graphql";

export interface PageArguments {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
}

const MOST = 100;

export const cursorOf = (index: number): string => Buffer.from(`cursor:v2:${index}`).toString("base64");
const indexOf = (cursor: string): number =>
  Number(Buffer.from(cursor, "base64").toString().split(":").at(-1));

/** @param present makes a node of an item of the page; items outside it are not presented */
export function connection<T, N>(items: readonly T[], page: PageArguments, present: (item: T) => N) {
  const { first, last } = page;
  if (first == null && last == null)
    throw new GraphQLError(
      "You must provide a `first` or `last` value to properly paginate the connection.",
      {
        extensions: { type: "MISSING_PAGINATION_BOUNDARIES" },
      },
    );
  if ((first ?? last ?? 0) > MOST)
    throw new GraphQLError(
      `Requesting ${first ?? last} records exceeds the \`first\` limit of 100 records.`,
      {
        extensions: { type: "EXCESSIVE_PAGINATION" },
      },
    );
  let from = page.after ? indexOf(page.after) + 1 : 0;
  let to = page.before ? indexOf(page.before) : items.length;
  if (first != null) to = Math.min(to, from + first);
  if (last != null) from = Math.max(from, to - last);
  const nodes = items.slice(from, to).map(present);
  return {
    nodes,
    edges: nodes.map((node, index) => ({ node, cursor: cursorOf(from + index) })),
    totalCount: items.length,
    pageInfo: {
      startCursor: nodes.length > 0 ? cursorOf(from) : null,
      endCursor: nodes.length > 0 ? cursorOf(to - 1) : null,
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
    },
  };
}
