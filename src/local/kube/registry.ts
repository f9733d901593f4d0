// The kinds that are served now: the built-in ones and those of the definitions.
import { customKinds } from "./custom-kind.ts";
import type { ApiObject } from "./json.ts";
import { builtinKinds } from "./kinds.ts";
import type { Resource } from "./resource.ts";

export class Registry {
  readonly #custom = new Map<string, Resource[]>();
  /** Counts changes, so that what is made from the kinds can be made anew. */
  generation = 0;

  define(definition: ApiObject): void {
    this.#custom.set(definition.metadata.name, customKinds(definition));
    this.generation += 1;
  }

  forget(definition: string): void {
    this.#custom.delete(definition);
    this.generation += 1;
  }

  all(): Resource[] {
    return [...builtinKinds, ...[...this.#custom.values()].flat()];
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.all().find(
      (kind) => kind.plural === plural && kind.group === group && kind.version === version,
    );
  }

  /** One of the kinds stored under this name; for a custom resource the stored version, where it is served. */
  stored(name: string): Resource | undefined {
    const kinds = this.all().filter((kind) => kind.stored === name);
    return kinds.find((kind) => kind.version === kind.storageVersion) ?? kinds[0];
  }

  byKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all().find(
      (each) =>
        each.kind === kind && (each.group ? `${each.group}/${each.version}` : each.version) === apiVersion,
    );
  }
}
