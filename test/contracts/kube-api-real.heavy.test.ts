// The real kube-apiserver against the same contract, so that the embedded one is measured by it.
import { describe, test } from "vitest";
import { kubeApiContract } from "./kube-api.ts";
import { startRealKube, whyNoRealKube } from "./real-kube.ts";

const missing = whyNoRealKube();
if (missing) describe("Kubernetes API of the real server", () => test.skip(missing, () => {}));
else kubeApiContract("the real server", startRealKube);
