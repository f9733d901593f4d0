// Which of our representations a client accepts: JSON always, as a Table or bare metadata when asked.
import { ApiError } from "./status.ts";

export interface Representation {
  as: "object" | "table" | "metadata";
}

interface MediaType {
  type: string;
  parameters: Record<string, string>;
}

const parse = (accept: string): MediaType[] =>
  accept.split(",").map((entry) => {
    const [type = "", ...parameters] = entry.split(";").map((part) => part.trim());
    const pairs = parameters.map((parameter) => parameter.split("=", 2));
    return { type, parameters: Object.fromEntries(pairs) };
  });

const JSON_TYPES = ["application/json", "application/*", "*/*"];

/** Clients that prefer protobuf or CBOR get JSON, if they take it at all. Throws ApiError 406. */
export function negotiate(accept: string | undefined): Representation {
  if (!accept) return { as: "object" };
  for (const { type, parameters } of parse(accept)) {
    if (!JSON_TYPES.includes(type)) continue;
    const { as } = parameters;
    if (as === undefined) return { as: "object" };
    if (parameters["g"] !== "meta.k8s.io" || !["v1", "v1beta1"].includes(parameters["v"] ?? "")) continue;
    if (as === "Table") return { as: "table" };
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return { as: "metadata" };
  }
  throw new ApiError(
    406,
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/json;stream=watch",
    {},
  );
}

/** Whether aggregated discovery is asked for before plain discovery. */
export const wantsAggregated = (accept: string | undefined): "v2" | "v2beta1" | undefined => {
  for (const { type, parameters } of parse(accept ?? "")) {
    if (!JSON_TYPES.includes(type)) continue;
    if (parameters["as"] !== "APIGroupDiscoveryList") return undefined;
    if (parameters["v"] === "v2" || parameters["v"] === "v2beta1") return parameters["v"];
  }
  return undefined;
};

/** Whether JSON will do. */
export const acceptsJson = (accept: string | undefined): boolean =>
  !accept || parse(accept).some(({ type }) => JSON_TYPES.includes(type));
