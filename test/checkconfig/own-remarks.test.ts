// Remarks of our own about what loads and then fails.
import { expect, test } from "vitest";
import { found } from "./found.ts";

test.each([
  [
    "plank: {job_url_template: 'https://x/{{.Spec.Jobb}}'}",
    "plank.job_url_template: can't evaluate field Jobb",
  ],
  [
    "plank: {report_template: '{{if eq .Spec.Type \"batch\"}}{{.Spec.Refs.Reppo}}{{end}}'}",
    "plank.report_template: can't evaluate field Reppo",
  ],
  [
    "plank: {report_templates: {o: '{{.Status.BuildId}}'}}",
    "plank.report_templates: can't evaluate field BuildId",
  ],
  [
    "slack_reporter_configs: {o: {channel: c, report_template: '{{if eq .Status.State \"failure\"}}{{.Spec.Joob}}{{end}}'}}",
    "slack_reporter_configs.o.report_template: can't evaluate field Joob",
  ],
])("template-fields: %s", (yaml, message) => {
  expect(found("template-fields", { yaml })).toEqual([
    `${message} in a ProwJob: it fails whenever it is used`,
  ]);
});

test.each([
  "plank: {job_url_template: 'https://x/{{.Spec.Job}}/{{.Status.BuildID}}'}",
  "plank: {report_template: '{{with index .Spec.Refs.Pulls 0}}{{.Number}} {{.Author}}{{end}}'}",
  "plank: {report_template: '{{range .Spec.ExtraRefs}}{{.Org}}{{end}}{{.Spec.Refs.Org}}'}",
  "plank: {report_template: '{{if $.Spec.Refs}}{{$.Spec.Refs.Repo}}{{end}} {{index .ObjectMeta.Labels \"a\"}}'}",
  "plank: {}",
])("template-fields lets be: %s", (yaml) => {
  expect(found("template-fields", { yaml })).toEqual([]);
});

test.each([
  ["{name: a, endpoint: 'a:80'}", 'its endpoint "a:80" is no address: it is sent nothing'],
  ["{name: a, endpoint: 'ftp://a'}", 'its endpoint "ftp://a" is no address: it is sent nothing'],
  ["{name: 'a b'}", 'its endpoint "http://a b" is no address: it is sent nothing'],
  ["{name: a, events: [pull_requests]}", 'GitHub sends no event "pull_requests"'],
  ["{name: a, events: [issue_comments, push]}", 'GitHub sends no event "issue_comments"'],
])("external-plugins: %s", (entry, message) => {
  const pluginsYaml = `external_plugins: {o: [${entry}]}`;
  const [only, ...more] = found("external-plugins", { pluginsYaml });
  expect(only).toMatch(/^external plugin a( b)?: /);
  expect(only?.replace(/^external plugin a( b)?: /, "")).toBe(message);
  expect(more).toEqual([]);
});

test.each([
  "{name: a}",
  "{name: a, endpoint: 'https://a.example.com:8443/x'}",
  "{name: a, events: [pull_request, issue_comment, brand_new_thing_of_githubs]}",
  "{name: a, probot: ./a}",
])("external-plugins lets be: %s", (entry) => {
  expect(found("external-plugins", { pluginsYaml: `external_plugins: {o: [${entry}]}` })).toEqual([]);
});
