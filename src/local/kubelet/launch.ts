// What a container runs as: a process of this machine, or a container of docker or podman.
import { posix } from "node:path";
import type { Container, Pod } from "../../model/pod.ts";
import { expand } from "./expand.ts";
import { type HostMount, pathRewriter } from "./mounts.ts";

export type Runtime = "process" | "docker" | "podman";

export interface Launch {
  argv: string[];
  /** Complete: nothing of the kubelet's own environment is added. */
  env: Record<string, string>;
  cwd: string;
  /** Removes what killing the process leaves behind. */
  cleanup?: string[];
}

export interface LaunchInput {
  pod: Pod;
  container: Container;
  /** As containerEnv gives it. */
  env: Record<string, string>;
  mounts: HostMount[];
  /** The container's own directory: working directory and home of what names no other. */
  home: string;
  /** Image basename to the command that stands for it here. */
  images: Readonly<Record<string, string[]>>;
  runtime: Runtime;
}

/** A container that can not run, in the words of its status. */
export interface StartError {
  startError: string;
}

/** `us-docker.pkg.dev/x/images/clonerefs:v1@sha256:…` -> `clonerefs`. */
export const imageName = (image = ""): string =>
  posix.basename(image.replace(/@.*$/, "")).replace(/:[^/]*$/, "");

/** Whether our own program stands for the container's image: it then runs as a process in every runtime. */
export const standIn = (
  container: Container,
  images: Readonly<Record<string, string[]>>,
): string[] | undefined => {
  const name = imageName(container.image);
  return container.command?.length || !Object.hasOwn(images, name) ? undefined : images[name];
};

/** What turns a path that the container names into where it is for its process: in docker it is there. */
export const pathsFor = ({
  container,
  images,
  mounts,
  runtime,
}: Pick<LaunchInput, "container" | "images" | "mounts" | "runtime">): ((text: string) => string) =>
  runtime === "process" || standIn(container, images) ? pathRewriter(mounts) : (text) => text;

export function launchOf(input: LaunchInput): Launch | StartError {
  const { container, env, images, runtime } = input;
  const own = standIn(container, images);
  const rewrite = pathsFor(input);
  // Only the container's own words: our program's may stand below a path that the container mounts, like /tmp.
  const words = (list: string[] = []) => list.map((word) => expand(rewrite(word), env));
  if (runtime !== "process" && !own)
    return inContainer(input, words(container.command), words(container.args));
  const argv = [...(own ?? words(container.command)), ...words(container.args)];
  if (!own && !container.command?.length) {
    return {
      startError:
        `image ${JSON.stringify(container.image)} is not run, since this node runs containers as processes: ` +
        "give the container a command, or run the kubelet with docker or podman",
    };
  }
  return { argv, env, cwd: workingDirectory(input) };
}

/** A directory below a mount is where that is; any other is made in the container's own directory. */
function workingDirectory({ container, mounts, home }: LaunchInput): string {
  const wanted = container.workingDir;
  if (!wanted) return home;
  const rewritten = pathRewriter(mounts)(wanted);
  return rewritten === wanted ? posix.join(home, wanted) : rewritten;
}

/** `docker run` as a child: its output and exit code are the container's, and it passes SIGTERM on. */
function inContainer(
  { pod, container, env, mounts, runtime, home }: LaunchInput,
  command: string[],
  args: string[],
): Launch {
  const name = `cutwater-${pod.metadata.uid?.slice(0, 8)}-${container.name}`;
  const flag = (option: string, values: string[]) => values.flatMap((value) => [option, value]);
  const [entry, ...rest] = command;
  // Values stay off the command line: the runtime's client takes them from its own environment by name.
  const argv = [
    ...[runtime, "run", "--rm", "--name", name],
    ...flag(
      "--volume",
      mounts.map(({ mountPath, hostPath }) => `${hostPath}:${mountPath}`),
    ),
    ...flag(
      "--env",
      Object.keys(env).filter((key) => key !== "PATH" && key !== "HOME"),
    ),
    ...(container.workingDir ? ["--workdir", container.workingDir] : []),
    ...(entry ? ["--entrypoint", entry] : []),
    ...[container.image ?? "", ...rest, ...args],
  ];
  return { argv, env, cwd: home, cleanup: [runtime, "rm", "--force", name] };
}
