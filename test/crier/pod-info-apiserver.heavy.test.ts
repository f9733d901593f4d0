// podinfo.json over a real kube-apiserver.
import { onRealKube } from "../contracts/on-real-kube.ts";
import { podInfoContract } from "./pod-info-contract.ts";

onRealKube("podinfo.json: kube-apiserver", podInfoContract);
