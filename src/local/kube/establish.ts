// Definitions become kinds: at the start those that are stored, then each as it is written.
import { definitionStatus } from "./definition.ts";
import { commit, type Engine, readRow, timestamp } from "./engine.ts";
import { type ApiObject, clone, equal } from "./json.ts";
import type { Resource } from "./resource.ts";

const definitionsOf = (engine: Engine): Resource | undefined =>
  engine.registry.find("apiextensions.k8s.io", "v1", "customresourcedefinitions");

export function loadDefinitions(engine: Engine): void {
  const definitions = definitionsOf(engine);
  if (!definitions) return;
  for (const row of engine.store.list(definitions.stored, "")) {
    engine.registry.define(readRow(definitions, row));
  }
}

/** To be called after every write of a definition. */
export function serveDefinition(engine: Engine, definition: ApiObject): void {
  const definitions = definitionsOf(engine);
  engine.registry.define(definition);
  const established = clone(definition);
  established["status"] = definitionStatus(definition, timestamp(engine.clock.now()));
  // Told in a change of its own, so that watches see the definition come up as in a cluster.
  if (definitions && !equal(established, definition)) commit(engine, definitions, established);
}
