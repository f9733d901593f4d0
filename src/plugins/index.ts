// The list of plugins. Nothing registers itself: what is here exists.
import type { PluginsConfig, Section } from "../config/plugins-config.ts";
import { approve } from "./approve.ts";
import { assign } from "./assign.ts";
import { blockade } from "./blockade.ts";
import { blunderbuss } from "./blunderbuss.ts";
import { branchcleaner } from "./branchcleaner.ts";
import { bugzilla } from "./bugzilla.ts";
import { buildifier } from "./buildifier.ts";
import { cat } from "./cat.ts";
import { cherryPickApproved } from "./cherry-pick-approved.ts";
import { cherryPickUnapproved } from "./cherry-pick-unapproved.ts";
import { cherrypicker } from "./cherrypicker.ts";
import { cla } from "./cla.ts";
import { configUpdater } from "./config-updater.ts";
import { dco } from "./dco.ts";
import { dog } from "./dog.ts";
import { golint } from "./golint.ts";
import { goose } from "./goose.ts";
import { heart } from "./heart.ts";
import { help } from "./help.ts";
import { hold } from "./hold.ts";
import { invalidcommitmsg } from "./invalidcommitmsg.ts";
import { issueManagement } from "./issue-management.ts";
import { jira } from "./jira.ts";
import { label } from "./label.ts";
import { lgtm } from "./lgtm.ts";
import { lifecycle } from "./lifecycle.ts";
import { mergeMethodComment } from "./merge-method-comment.ts";
import { mergecommitblocker } from "./mergecommitblocker.ts";
import { milestone } from "./milestone.ts";
import { milestoneapplier } from "./milestoneapplier.ts";
import { milestonestatus } from "./milestonestatus.ts";
import { needsRebase } from "./needs-rebase.ts";
import { override } from "./override.ts";
import { ownersLabel } from "./owners-label.ts";
import type { Plugin, PluginDeclaration } from "./plugin.ts";
import { pony } from "./pony.ts";
import { project } from "./project.ts";
import { projectManager } from "./projectmanager.ts";
import { refresh } from "./refresh.ts";
import { releaseNote } from "./release-note.ts";
import { requireMatchingLabel } from "./require-matching-label.ts";
import { retitle } from "./retitle.ts";
import { rewardOwners } from "./reward-owners.ts";
import { rifle } from "./rifle.ts";
import { shrug } from "./shrug.ts";
import { sigmention } from "./sigmention.ts";
import { size } from "./size.ts";
import { skip } from "./skip.ts";
import { slackevents } from "./slackevents.ts";
import { stage } from "./stage.ts";
import { testfreeze } from "./testfreeze.ts";
import { trickOrTreat } from "./trick-or-treat.ts";
import { trigger } from "./trigger.ts";
import { verifyOwners } from "./verify-owners.ts";
import { welcome } from "./welcome.ts";
import { wip } from "./wip.ts";
import { yuks } from "./yuks.ts";

/** Every plugin of Prow's, with a handler or (yet) without, and the external ones. */
export const declarations: readonly PluginDeclaration[] = [
  approve,
  assign,
  blockade,
  blunderbuss,
  branchcleaner,
  bugzilla,
  buildifier,
  cat,
  cherryPickApproved,
  cherryPickUnapproved,
  cherrypicker,
  cla,
  configUpdater,
  dco,
  dog,
  golint,
  goose,
  heart,
  help,
  hold,
  invalidcommitmsg,
  issueManagement,
  jira,
  label,
  lgtm,
  lifecycle,
  mergeMethodComment,
  mergecommitblocker,
  milestone,
  milestoneapplier,
  milestonestatus,
  needsRebase,
  override,
  ownersLabel,
  pony,
  project,
  projectManager,
  refresh,
  releaseNote,
  requireMatchingLabel,
  retitle,
  rewardOwners,
  rifle,
  shrug,
  sigmention,
  size,
  skip,
  slackevents,
  stage,
  testfreeze,
  trickOrTreat,
  trigger,
  verifyOwners,
  welcome,
  wip,
  yuks,
];

/** Those that run here. */
export const plugins: readonly Plugin[] = declarations.filter((plugin) => "handle" in plugin) as Plugin[];

/** Names that `plugins` of plugins.yaml may list. */
export const knownPlugins: readonly string[] = declarations
  .filter(({ external }) => !external)
  .map(({ name }) => name);

/** What the plugins may be told in plugins.yaml, for its parser; plugins may share a section. */
export const pluginSections: readonly Section<unknown>[] = [
  ...new Set(declarations.flatMap(({ sections }) => sections ?? [])),
];

/** Plugins that are enabled for an org or repository but have no handler, so that nothing happens there. */
export function unhandledIn(config: PluginsConfig): { scope: string; plugins: string[] }[] {
  const handled = new Set(plugins.map(({ name }) => name));
  const unhandled = new Set(knownPlugins.filter((name) => !handled.has(name)));
  return Object.entries(config.scopes().plugins)
    .map(([scope, { plugins: names = [] }]) => ({
      scope,
      plugins: names.filter((name) => unhandled.has(name)),
    }))
    .filter((enabled) => enabled.plugins.length > 0);
}
