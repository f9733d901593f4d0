// Git over HTTP: clones, fetches and pushes, served by git itself on the bare repositories.
import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Actor, atLeast, can, roleOf } from "./access.ts";
import { followRefChange } from "./acts/refs.ts";
import { CONTENTS } from "./call.ts";
import { git, gitCommand } from "./git/command.ts";
import type { Repo } from "./records.ts";
import { gitOf, pullsOf, type World } from "./world.ts";

export interface GitRequest {
  world: World;
  actor: Actor;
  repo: Repo;
  request: Request;
}

const noCache = { "cache-control": "no-cache, max-age=0, must-revalidate" };

const packet = (text: string): string => (text.length + 4).toString(16).padStart(4, "0") + text;

const challenge = (): Response =>
  new Response("Authentication required\n", {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="GitHub"', "content-type": "text/plain" },
  });

/** A maintainer may also push to the head of a pull request from a fork that allows it. */
function mayPush({ world, actor, repo }: GitRequest): boolean {
  if (can(world, actor, repo, CONTENTS)) return true;
  const { account } = actor;
  if (!account || actor.installation || !repo.parent) return false;
  return world.store.repos
    .all()
    .filter((parent) => `${parent.owner}/${parent.name}` === repo.parent)
    .some((parent) =>
      pullsOf(world, parent).some(
        ({ state, pull }) =>
          state === "open" &&
          pull.maintainer_can_modify &&
          pull.head_repo === `${repo.owner}/${repo.name}` &&
          atLeast(roleOf(world, parent, account.login), "push"),
      ),
    );
}

function refusal(wanted: GitRequest, service: string): Response | undefined {
  if (service !== "git-receive-pack") return undefined;
  if (!wanted.actor.account) return challenge();
  if (wanted.repo.archived)
    return new Response("This repository was archived so it is read-only.\n", { status: 403 });
  const { account, repo } = { account: wanted.actor.account, repo: wanted.repo };
  return mayPush(wanted)
    ? undefined
    : new Response(`Permission to ${repo.owner}/${repo.name}.git denied to ${account.login}.\n`, {
        status: 403,
      });
}

const protocolOf = (request: Request): Record<string, string> => {
  const protocol = request.headers.get("git-protocol");
  return protocol && /^[\w=:.-]+$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {};
};

/** GET /info/refs?service=… */
export async function advertise(wanted: GitRequest): Promise<Response> {
  const { world, repo, request } = wanted;
  const service = new URL(request.url).searchParams.get("service") ?? "";
  if (service !== "git-upload-pack" && service !== "git-receive-pack")
    return new Response("Please upgrade your git client.\n", { status: 403 });
  const refused = refusal(wanted, service);
  if (refused) return refused;
  const env = protocolOf(request);
  const { stdout } = await git(
    [service.slice(4), "--stateless-rpc", "--advertise-refs", gitOf(world, repo).directory],
    { env },
  );
  const modern = service === "git-upload-pack" && env["GIT_PROTOCOL"]?.includes("version=2");
  const preamble = modern ? "" : `${packet(`# service=${service}\n`)}0000`;
  return new Response(new Uint8Array(Buffer.concat([Buffer.from(preamble), stdout])), {
    headers: { "content-type": `application/x-${service}-advertisement`, ...noCache },
  });
}

/** POST /git-upload-pack or /git-receive-pack */
export async function serve(
  wanted: GitRequest,
  service: "git-upload-pack" | "git-receive-pack",
): Promise<Response> {
  const refused = refusal(wanted, service);
  if (refused) return refused;
  return service === "git-upload-pack" ? stream(wanted, service) : receive(wanted);
}

function start(wanted: GitRequest, service: string) {
  const { world, repo, request } = wanted;
  const args = gitCommand(
    [service.slice(4), "--stateless-rpc", gitOf(world, repo).directory],
    protocolOf(request),
  );
  const child = spawn("env", args);
  child.stdin.on("error", () => {});
  const body = request.body
    ? Readable.fromWeb(request.body as import("node:stream/web").ReadableStream)
    : Readable.from([]);
  const zipped = /^(x-)?gzip$/.test(request.headers.get("content-encoding") ?? "");
  const input = zipped ? body.pipe(createGunzip()) : body;
  input.on("error", () => child.kill()).pipe(child.stdin);
  child.stderr.on("data", (text: Buffer) => world.log.debug({ repo: repo.name }, text.toString()));
  return child;
}

const replyHeaders = (service: string) => ({ "content-type": `application/x-${service}-result`, ...noCache });

function stream(wanted: GitRequest, service: string): Response {
  const child = start(wanted, service);
  wanted.request.signal.addEventListener("abort", () => child.kill(), { once: true });
  return new Response(Readable.toWeb(child.stdout) as ReadableStream, { headers: replyHeaders(service) });
}

/** The reply goes out once everything that follows from the push has happened. */
async function receive(wanted: GitRequest): Promise<Response> {
  const { world, repo, actor } = wanted;
  const repository = gitOf(world, repo);
  return repository.exclusive(async () => {
    const before = new Map(await repository.refs());
    const child = start(wanted, "git-receive-pack");
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    repository.forgetRefs();
    const after = await repository.refs();
    for (const ref of new Set([...before.keys(), ...after.keys()])) {
      const change = { ref, before: before.get(ref), after: after.get(ref) };
      if (change.before !== change.after)
        await followRefChange(world, repo, actor.account?.login ?? "", change);
    }
    return new Response(new Uint8Array(Buffer.concat(chunks)), { headers: replyHeaders("git-receive-pack") });
  });
}
