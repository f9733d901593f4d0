// Reviews: questions about who one is and what one may do. Here everybody may do everything.
import { decodeBody } from "./decode.ts";
import type { ApiObject, JsonObject } from "./json.ts";

export interface Review {
  group: string;
  plural: string;
  kind: string;
  status: JsonObject;
}

const EVERYTHING: JsonObject = {
  resourceRules: [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }],
  nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }],
  incomplete: false,
};

const USER: JsonObject = {
  username: "admin",
  uid: "admin",
  groups: ["system:masters", "system:authenticated"],
};
const AUTHORIZATION = "authorization.k8s.io";
const AUTHENTICATION = "authentication.k8s.io";

export const reviews: readonly Review[] = [
  {
    group: AUTHENTICATION,
    plural: "selfsubjectreviews",
    kind: "SelfSubjectReview",
    status: { userInfo: USER },
  },
  {
    ...{ group: AUTHORIZATION, plural: "selfsubjectaccessreviews", kind: "SelfSubjectAccessReview" },
    status: { allowed: true },
  },
  {
    ...{ group: AUTHORIZATION, plural: "selfsubjectrulesreviews", kind: "SelfSubjectRulesReview" },
    status: EVERYTHING,
  },
  {
    ...{ group: AUTHORIZATION, plural: "subjectaccessreviews", kind: "SubjectAccessReview" },
    status: { allowed: true },
  },
];

export const findReview = (group: string, version: string, plural: string): Review | undefined =>
  version === "v1" ? reviews.find((each) => each.group === group && each.plural === plural) : undefined;

/** Throws ApiError 400, 415. */
export function answerReview(review: Review, body: Buffer, contentType: string): JsonObject {
  const asked = body.length > 0 ? decodeBody(body, contentType, review.kind) : {};
  const { metadata, spec } = asked as Partial<ApiObject>;
  return {
    kind: review.kind,
    apiVersion: `${review.group}/v1`,
    metadata: metadata ?? {},
    ...(spec !== undefined && { spec }),
    status: review.status,
  };
}
