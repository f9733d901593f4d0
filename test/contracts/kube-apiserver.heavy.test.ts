// The Kubernetes contract on a real kube-apiserver.
import { kubeContract } from "./kube.ts";
import { onRealKube } from "./on-real-kube.ts";

onRealKube("kube: kube-apiserver", kubeContract);
