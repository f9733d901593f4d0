// What is wrong with deck's section, in Prow's words.
import { labelSelectorFault } from "../../lib/label-selector.ts";
import { checkRegex, checkTemplate } from "../check-text.ts";
import type { RawConfig } from "../config.ts";
import type { Blame } from "../fault.ts";
import { rerunAuthFault } from "./decoration.ts";

export function checkDeck(deck: NonNullable<RawConfig["deck"]>, blame: Blame): void {
  const spyglass = deck.spyglass ?? {};
  if ((spyglass.size_limit ?? 0) < 0) {
    blame("invalid value for deck.spyglass.size_limit, must be >=0", ["deck", "spyglass", "size_limit"]);
  }
  for (const [i, lens] of (spyglass.lenses ?? []).entries()) {
    for (const file of [...(lens.required_files ?? []), ...(lens.optional_files ?? [])]) {
      checkRegex(file, `cannot compile regexp "${file}"`, ["deck", "spyglass", "lenses", i], blame);
    }
  }
  for (const [file, lenses] of Object.entries(spyglass.viewers ?? {})) {
    if (!lenses.length) continue;
    checkRegex(file, `cannot compile regexp "${file}"`, ["deck", "spyglass", "viewers", file], blame);
  }
  for (const field of ["gcs_browser_prefixes", "gcs_browser_prefixes_by_bucket"] as const) {
    if (spyglass.gcs_browser_prefix && spyglass[field]?.["*"] !== undefined) {
      blame(`both gcs_browser_prefix and ${field}['*'] are specified.`, ["deck", "spyglass", field]);
    }
  }
  for (const [i, log] of (deck.external_agent_logs ?? []).entries()) {
    const fault = labelSelectorFault(log.selector ?? "");
    if (fault)
      blame(`error parsing selector "${log.selector}": ${fault}`, [
        "deck",
        "external_agent_logs",
        i,
        "selector",
      ]);
    checkTemplate(
      log.url_template ?? "",
      `parsing template for agent "${log.agent}"`,
      ["deck", "external_agent_logs", i],
      blame,
    );
  }
  const entries = deck.default_rerun_auth_configs ?? [];
  if (entries.length && Object.keys(deck.rerun_auth_configs ?? {}).length) {
    blame(
      "deck.rerun_auth_configs and deck.default_rerun_auth_configs are mutually exclusive, please use one or the other",
      ["deck", "rerun_auth_configs"],
    );
  }
  const auths = [
    ...entries.map((entry) => entry.rerun_auth_configs),
    ...Object.values(deck.rerun_auth_configs ?? {}),
  ];
  for (const [i, auth] of auths.entries()) {
    const fault = rerunAuthFault(auth);
    if (fault) blame(`default_rerun_auth_configs[${i}]: ${fault}`, ["deck"]);
  }
  if (deck.additional_allowed_buckets?.length && deck.skip_storage_path_validation !== false) {
    blame(
      "deck.skip_storage_path_validation is enabled despite deck.additional_allowed_buckets being configured",
      ["deck", "additional_allowed_buckets"],
      "set skip_storage_path_validation: false",
    );
  }
}
