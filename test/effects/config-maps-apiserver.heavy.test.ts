// Updates of ConfigMaps on a real kube-apiserver.
import { onRealKube } from "../contracts/on-real-kube.ts";
import { configMapsSuite } from "./config-maps.ts";

onRealKube("ConfigMaps on kube-apiserver", configMapsSuite);
